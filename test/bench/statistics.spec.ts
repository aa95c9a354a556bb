import { describe, expect, it } from 'vitest';
import { median, quantile } from './statistics.ts';

describe('the median', () => {
  it.each([
    [[7], 7],
    [[9, 1, 5], 5],
    [[4, 1, 2, 9], 3],
  ])('of %j is %d', (figures, middle) => {
    expect(median(figures)).toBe(middle);
  });
});

describe('a quantile', () => {
  const sorted = Float64Array.from({ length: 1_000 }, (_, index) => index);

  it.each([
    [0.5, 500],
    [0.99, 990],
    [0.999, 999],
    [1, 999],
  ])('of share %d is the figure that so many are below', (share, figure) => {
    expect(quantile(sorted, share)).toBe(figure);
  });
});
