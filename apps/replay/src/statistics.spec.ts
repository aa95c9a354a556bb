import { describe, expect, it } from 'vitest';
import type { EngineLoad } from './engines.js';
import { hitRatioOf, Statistics } from './statistics.js';

const queued = (...counts: number[]): EngineLoad[] =>
  counts.map((queuedRequests) => ({ queuedRequests, prefillRequests: 0, promptLength: 0 }));

describe('Statistics', () => {
  it('gives the latencies of each kind of call', () => {
    const statistics = new Statistics();
    for (let latencyUs = 1; latencyUs <= 100; latencyUs++) statistics.countCall('query', latencyUs * 10);
    statistics.countCall('record', 0.2);
    expect(statistics.figuresOf('query')).toEqual({
      calls: 100,
      errors: 0,
      p50Us: 500,
      p99Us: 990,
      maxUs: 1000,
    });
    expect(statistics.figuresOf('record')).toMatchObject({ calls: 1, maxUs: 1 });
    expect(statistics.figuresOf('remove')).toEqual({ calls: 0, errors: 0, p50Us: 0, p99Us: 0, maxUs: 0 });
    expect(statistics.calls).toBe(101);
  });

  it('counts all errors, those in a row, and keeps the first ten in words', () => {
    const statistics = new Statistics();
    for (let failure = 1; failure <= 12; failure++) statistics.countCall('remove', 5, `reason ${failure}`);
    expect([statistics.errors, statistics.errorsInARow, statistics.calls]).toEqual([12, 12, 12]);
    statistics.countCall('query', 5);
    statistics.countError('query', 'once more');
    expect([statistics.errors, statistics.errorsInARow]).toEqual([13, 1]);
    statistics.countDifference('something');
    expect(statistics.problems).toHaveLength(11);
    expect(statistics.problems.at(-1)).toBe('difference: something');
    expect(statistics.problems[0]).toBe('error: remove: reason 1');
  });

  it('takes the largest and the mean spread over answers', () => {
    const statistics = new Statistics();
    expect([statistics.largestSpread, statistics.meanSpread]).toEqual([0, 0]);
    for (const loads of [queued(2, 5, 3), queued(4, 4, 4), queued(7, 1, 1)]) statistics.countSpread(loads);
    expect([statistics.largestSpread, statistics.meanSpread]).toEqual([6, 3]);
  });

  it('sums up what the chosen engines held', () => {
    const statistics = new Statistics();
    expect(hitRatioOf(statistics.prefixes)).toBe(0);
    statistics.countPrefixes(10, 4);
    statistics.countPrefixes(5, 0);
    statistics.countPrefixes(1, 1);
    expect(statistics.prefixes).toEqual({ requests: 3, hits: 2, blocks: 16, hitBlocks: 5 });
    expect(hitRatioOf(statistics.prefixes)).toBe(5 / 16);
  });

  it('puts differences in the words of the answer', () => {
    const statistics = new Statistics();
    const difference = { engine: 1, quantity: 'promptLength', answered: 9, lower: 2, upper: 5 } as const;
    statistics.countComparison({ exact: false, differences: [difference, { ...difference, lower: 5 }] }, [
      'a',
      'b',
    ]);
    statistics.countComparison({ exact: true, differences: [] }, ['a', 'b']);
    expect(statistics.problems).toEqual([
      'difference: answer 1: b prompt_length is 9, must be 2 to 5',
      'difference: answer 1: b prompt_length is 9, must be 5',
    ]);
    expect([statistics.differences, statistics.comparisons, statistics.exactComparisons]).toEqual([2, 2, 1]);
  });

  it('counts requests with a failed call and those in doubt, and keeps the first ids', () => {
    const statistics = new Statistics();
    for (const troubled of [true, false, true]) statistics.countFinishedRequest(troubled);
    for (let id = 0; id < 150; id++) statistics.countDoubt(`r-${id}`);
    expect([statistics.finishedRequests, statistics.troubledRequests, statistics.doubts]).toEqual([
      3, 2, 150,
    ]);
    expect([statistics.doubtedIds.length, statistics.doubtedIds[99]]).toEqual([100, 'r-99']);
  });

  it('knows at what rate requests began', () => {
    const statistics = new Statistics();
    expect(statistics.reachedRatePerS).toBeUndefined();
    statistics.countArrival(1000);
    expect(statistics.reachedRatePerS).toBeUndefined();
    for (const nowMs of [1100, 1300, 1600]) statistics.countArrival(nowMs);
    expect(statistics.reachedRatePerS).toBe(5);
  });

  it('counts all differences of an answer though it keeps few in words', () => {
    const statistics = new Statistics();
    const difference = { engine: 0, quantity: 'promptLength', answered: 9, lower: 2, upper: 5 } as const;
    const differences = Array.from({ length: 64 }, () => difference);
    statistics.countComparison({ exact: false, differences }, ['a']);
    expect([statistics.differences, statistics.problems.length]).toEqual([64, 10]);
  });
});
