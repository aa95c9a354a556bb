import { describe, expect, it } from 'vitest';
import { seededRandom } from './random.js';

function draw(seed: number, purpose: string, count: number): number[] {
  const random = seededRandom(seed, purpose);
  return Array.from({ length: count }, () => random.next());
}

describe('seededRandom', () => {
  it('gives the same stream for the same seed and purpose, and another for another', () => {
    expect(draw(1, 'trace', 50)).toEqual(draw(1, 'trace', 50));
    expect(draw(2, 'trace', 50)).not.toEqual(draw(1, 'trace', 50));
    expect(draw(1, 'choice', 50)).not.toEqual(draw(1, 'trace', 50));
    expect(draw(0, '', 5)).not.toEqual(draw(1, '', 5));
  });

  it('never changes its stream: a seed in a bug report must stay worth something', () => {
    const random = seededRandom(1, 'trace');
    expect(Array.from({ length: 5 }, () => random.below(1000))).toEqual([696, 876, 651, 452, 57]);
  });

  it('is spread evenly over [0, 1) and over the numbers below a limit', () => {
    const numbers = draw(7, 'even', 20_000);
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
    const buckets = Array.from({ length: 10 }, () => 0);
    for (const number of numbers) buckets[Math.floor(number * 10)]!++;
    for (const count of buckets) expect(Math.abs(count - 2000)).toBeLessThan(200);

    const random = seededRandom(7, 'below');
    const seen = new Set(Array.from({ length: 200 }, () => random.below(3)));
    expect([...seen].sort()).toEqual([0, 1, 2]);
  });
});
