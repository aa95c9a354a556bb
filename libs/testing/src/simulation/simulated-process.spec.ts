import { beforeEach, describe, expect, it } from 'vitest';
import { SeededRandom } from './seeded-random.js';
import { SimulatedProcess } from './simulated-process.js';
import { SimulatedTime } from './simulated-time.js';

describe('a simulated process', () => {
  let time: SimulatedTime;
  let process: SimulatedProcess;
  let happened: string[];
  const note = (what: string) => () => void happened.push(`${what} at ${time.nowMs}`);
  beforeEach(() => {
    time = new SimulatedTime();
    process = new SimulatedProcess(time, new SeededRandom(1, 'process'), {
      monotonicOffsetMs: 1_000,
      wallClockMs: 7_200_000,
      turnMs: 0,
    });
    happened = [];
  });

  it('has clocks of its own, which go as fast as the world', async () => {
    await time.runUntil(5);
    expect(process.now()).toEqual({ monotonicMs: 1_005, unixUs: 7_200_005_000 });
    expect(process.clock.nowMs()).toBe(1_005);
  });

  it('runs its timers in their order, and after a promise what the promise has planned', async () => {
    process.after(20, note('late'));
    process.after(10, () => void Promise.resolve().then(() => process.after(5, note('planned'))));
    const cancel = process.after(12, note('cancelled'));
    cancel();
    await time.runUntil(30);
    expect(happened).toEqual(['planned at 15', 'late at 20']);
    expect(time.nowMs).toBe(30);
  });

  it('catches up when it goes on after a stop', async () => {
    process.after(10, note('timer'));
    process.stop();
    time.after(20, () => process.arrive(note('call')));
    await time.runUntil(50);
    expect(happened).toEqual([]);
    process.continue();
    await time.runUntil(60);
    expect(happened.toSorted()).toEqual(['call at 50', 'timer at 50']);
  });

  it('never goes on after it was killed', async () => {
    process.after(10, note('timer'));
    process.arrive(note('call'));
    process.kill();
    process.continue();
    await time.runUntil(50);
    expect(happened).toEqual([]);
    expect(process.state).toBe('dead');
  });
});
