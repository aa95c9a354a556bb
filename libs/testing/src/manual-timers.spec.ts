import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock, ManualTimers } from '#testing';

describe('ManualTimers', () => {
  let clock: ManualClock;
  let timers: ManualTimers;
  let startMs: number;
  let rung: string[];
  const ring = (name: string) => () => void rung.push(`${name} at ${clock.nowMs() - startMs}`);
  beforeEach(() => {
    clock = new ManualClock();
    timers = new ManualTimers(clock);
    startMs = clock.nowMs();
    rung = [];
  });

  it('ring in the order in which they are due, then in which they were set, at their time', async () => {
    timers.after(20, ring('late'));
    timers.after(10, ring('first'));
    timers.after(10, ring('second'));
    timers.after(21, ring('not yet'));
    await timers.advance(20);
    expect(rung).toEqual(['first at 10', 'second at 10', 'late at 20']);
    expect(timers.waiting).toBe(1);
    expect(clock.nowMs()).toBe(startMs + 20);
  });

  it('never ring at once, and with no delay as soon as no time at all may pass', async () => {
    timers.after(0, ring('at once'));
    timers.after(-5, ring('overdue'));
    expect(rung).toEqual([]);
    await timers.advance(0);
    expect(rung).toEqual(['at once at 0', 'overdue at 0']);
  });

  it('ring when another has set them meanwhile, after all promises that could go on', async () => {
    timers.after(5, () => {
      void Promise.resolve()
        .then(() => undefined)
        .then(() => timers.after(5, ring('set by a promise')));
    });
    timers.after(7, ring('between'));
    await timers.advance(10);
    expect(rung).toEqual(['between at 7', 'set by a promise at 10']);
  });

  it('do not ring when they are cancelled', async () => {
    const cancel = timers.after(5, ring('cancelled'));
    timers.after(4, cancel);
    await timers.advance(10);
    cancel();
    expect(rung).toEqual([]);
  });

  it('let sleepers go on, and never set the clock back', async () => {
    void timers.sleep(5).then(ring('awake'));
    clock.advance(8);
    await timers.advance(1);
    expect(rung).toEqual(['awake at 8']);
    expect(clock.nowMs()).toBe(startMs + 9);
  });
});
