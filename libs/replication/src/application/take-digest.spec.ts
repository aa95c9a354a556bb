import { describe, expect, it } from 'vitest';
import { GrowingNumbers, replicaParts } from '#testing';
import { TakeDigest } from './take-digest.js';

const whole = { agoMs: 0, youngerThanMs: 1_000_000 };

function parts() {
  const made = replicaParts();
  const takeDigest = new TakeDigest(made.states, made.clock, made.timers);
  const isEmpty = async (request = whole) =>
    !/[1-9a-f]/.test((await takeDigest.execute(request)).digest.toText());
  return { ...made, takeDigest, isEmpty };
}

describe('TakeDigest', () => {
  it('covers what has not changed for 2 s, as of the moment that is asked for', async () => {
    const { numbers, clock, takeDigest, isEmpty } = parts();
    numbers.set('a', 1);
    clock.advance(1_999);
    expect(await isEmpty()).toBe(true);
    clock.advance(1);
    expect(await isEmpty()).toBe(false);
    expect(await isEmpty({ ...whole, agoMs: 1 })).toBe(true);
    expect((await takeDigest.execute({ ...whole, agoMs: 30 })).asOfMs).toBe(clock.nowMs() - 30);
  });

  it('covers no more than was asked for, and no more than any state remembers', async () => {
    const { numbers, states, clock, takeDigest } = parts();
    const more = new GrowingNumbers(clock, 'more');
    states.add(more);
    const covered = async (youngerThanMs: number) =>
      (await takeDigest.execute({ agoMs: 0, youngerThanMs })).youngerThanMs;
    expect(await covered(1_000_000)).toBe(600_000);
    more.horizonMs = 5_000;
    expect(await covered(1_000_000)).toBe(5_000);
    expect(await covered(4_000)).toBe(4_000);
    numbers.set('a', 1);
    clock.advance(4_999);
    const old = await takeDigest.execute(whole);
    clock.advance(1);
    expect(old.digest.differencesTo((await takeDigest.execute(whole)).digest)).toEqual([97]);
  });

  it('leaves out what is not repaired, and asks it for nothing', async () => {
    const { states, clock, takeDigest, isEmpty } = parts();
    const hints = new GrowingNumbers(clock, 'hints', false);
    hints.horizonMs = 1;
    hints.set('a', 1);
    states.add(hints);
    clock.advance(10_000);
    expect(await isEmpty()).toBe(true);
    expect((await takeDigest.execute(whole)).youngerThanMs).toBe(600_000);
  });

  it('lets calls in between its slices', async () => {
    const { numbers, timers, takeDigest } = parts();
    let turns = 0;
    timers.nextTurn = async () => void turns++;
    for (const name of ['a', 'b', 'c']) numbers.set(name, 1);
    await takeDigest.execute(whole);
    expect(turns).toBe(3);
  });
});
