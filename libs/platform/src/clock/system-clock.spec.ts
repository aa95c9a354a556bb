import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SystemClock } from './system-clock.js';

const startMs = 1_000_000;

describe('SystemClock', () => {
  let clock: SystemClock;
  const set = (monotonicMs: number, unixMs: number) => {
    vi.spyOn(performance, 'now').mockReturnValue(monotonicMs);
    vi.spyOn(Date, 'now').mockReturnValue(unixMs);
  };
  beforeEach(() => {
    clock = new SystemClock();
    set(100.25, startMs);
    expect(clock.now()).toEqual({ monotonicMs: 100.25, unixUs: startMs * 1000 });
  });
  afterEach(() => vi.restoreAllMocks());

  it('has the microseconds of the monotonic clock within a millisecond of the wall clock', () => {
    set(100.75, startMs);
    expect(clock.now()).toEqual({ monotonicMs: 100.75, unixUs: startMs * 1000 + 500 });
    set(102, startMs + 1);
    expect(clock.now()).toEqual({ monotonicMs: 102, unixUs: startMs * 1000 + 1750 });
  });

  it.each([
    ['set back by an hour', 101, startMs - 3_600_000],
    ['set back by a millisecond', 100.25, startMs - 1],
    ['set forward by an hour', 101, startMs + 3_600_000],
    ['a millisecond ahead', 100.25, startMs + 1],
  ])('follows the wall clock when it is %s', (_, monotonicMs, unixMs) => {
    set(monotonicMs, unixMs);
    expect(clock.now()).toEqual({ monotonicMs, unixUs: unixMs * 1000 });
    set(monotonicMs + 0.5, unixMs);
    expect(clock.now().unixUs).toBe(unixMs * 1000 + 500);
  });
});
