import { describe, expect, it } from 'vitest';
import { Schedule } from './schedule.ts';

describe('the schedule', () => {
  it('spreads calls evenly', () => {
    const schedule = new Schedule(50_000, 5_000);
    expect([0, 1, 5, 49_999].map((index) => schedule.dueMs(index))).toEqual([0, 0.2, 1, 9_999.8]);
  });

  it('has each call due from its time on, however late it is asked', () => {
    const schedule = new Schedule(10, 1_000);
    expect(schedule.isDue(3, 2.9)).toBe(false);
    expect(schedule.isDue(3, 3)).toBe(true);
    expect(schedule.isDue(9, 5_000)).toBe(true);
  });

  it('ends', () => {
    expect(new Schedule(10, 1_000).isDue(10, 5_000)).toBe(false);
  });

  it('without a rate has all calls due at once', () => {
    const schedule = new Schedule(3);
    expect([0, 1, 2, 3].map((index) => schedule.isDue(index, 0))).toEqual([true, true, true, false]);
  });
});
