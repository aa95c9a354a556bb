import { describe, expect, it } from 'vitest';
import { seededRandom } from '../random.js';
import { syntheticTrace } from './synthetic.js';

const trace = (count: number, seed = 1) => syntheticTrace(count, seededRandom(seed, 'trace')).requests;

describe('syntheticTrace', () => {
  it('is the same for the same seed, and a longer one begins like a shorter one', () => {
    expect(trace(30)).toEqual(trace(30));
    expect(trace(30)).not.toEqual(trace(30, 2));
    expect(trace(50).slice(0, 30)).toEqual(trace(30));
  });

  it('arrives at ten requests per second, from 0 on, in order', () => {
    const arrivals = trace(5000).map(({ arrivalMs }) => arrivalMs);
    expect(arrivals[0]).toBe(0);
    expect(arrivals).toEqual(arrivals.toSorted((a, b) => a - b));
    expect((arrivals.at(-1) ?? 0) / 5000).toBeGreaterThan(95);
    expect((arrivals.at(-1) ?? 0) / 5000).toBeLessThan(105);
  });

  it('has lengths within their limits, half of them below the median', () => {
    const requests = trace(5000);
    for (const { inputTokens, outputTokens } of requests) {
      expect(Number.isInteger(inputTokens) && inputTokens >= 1 && inputTokens <= 128_000).toBe(true);
      expect(Number.isInteger(outputTokens) && outputTokens >= 1 && outputTokens <= 4000).toBe(true);
    }
    const short = requests.filter(({ inputTokens }) => inputTokens < 4000).length;
    expect(Math.abs(short - 2500)).toBeLessThan(150);
  });
});
