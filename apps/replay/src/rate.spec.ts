import { describe, expect, it } from 'vitest';
import { atRate } from './rate.js';
import { durationMsOf, schedule } from './schedule.js';

// 10 ms of prefill, and 20 and 60 ms of decoding.
const trace = [
  { arrivalMs: 0, inputTokens: 100, outputTokens: 1 },
  { arrivalMs: 99_999, inputTokens: 100, outputTokens: 3 },
];

describe('atRate', () => {
  it('lets requests begin one after the other, whatever the times of the trace', () => {
    const { arrivals } = atRate(trace, { perS: 4, count: 2, inFlight: 1000 });
    expect([0, 1, 2].map((index) => arrivals.at(index)?.arrivalMs)).toEqual([0, 250, undefined]);
  });

  it('begins again where the trace is shorter, and every request keeps a place of its own', () => {
    const { arrivals } = atRate(trace, { perS: 1000, count: 5, inFlight: 1000 });
    expect([0, 1, 2, 3, 4].map((index) => arrivals.at(index)?.outputTokens)).toEqual([1, 3, 1, 3, 1]);
    const queries = [...schedule(arrivals)].filter(({ call }) => call === 'query');
    expect(queries.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
  });

  it('keeps the prefixes', () => {
    const hashIds = Uint32Array.of(7);
    const { arrivals } = atRate([{ ...trace[0]!, hashIds }], { perS: 1000, count: 2, inFlight: 1000 });
    expect([0, 1].map((index) => arrivals.at(index)?.hashIds)).toEqual([hashIds, hashIds]);
  });

  it('shortens durations to the number in flight that is wanted, and never lengthens them', () => {
    const meanMs = (10 + 20 + 10 + 60) / 2;
    expect(trace.reduce((sum, request) => sum + durationMsOf(request), 0) / 2).toBe(meanMs);
    // 100 requests/s of 50 ms each are 5 in flight.
    expect(atRate(trace, { perS: 100, count: 2, inFlight: 5 }).durationScale).toBe(1);
    expect(atRate(trace, { perS: 100, count: 2, inFlight: 6 }).durationScale).toBe(1);
    expect(atRate(trace, { perS: 1000, count: 2, inFlight: 5 }).durationScale).toBeCloseTo(0.1, 10);
  });

  it('keeps a trace of requests that take no time as it is', () => {
    const instant = [{ arrivalMs: 0, inputTokens: 0, outputTokens: 0 }];
    expect(atRate(instant, { perS: 10, count: 1, inFlight: 1 }).durationScale).toBe(1);
  });
});
