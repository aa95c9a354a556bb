import { describe, expect, it } from 'vitest';
import { Backoff } from './backoff.js';

describe('Backoff', () => {
  it('doubles the longest delay from 50 ms to 1 s', () => {
    const backoff = new Backoff();
    const almostOne = 1 - 2 ** -53;
    expect(Array.from({ length: 7 }, () => backoff.fail(almostOne))).toEqual([
      50, 100, 200, 400, 800, 1_000, 1_000,
    ]);
    expect(backoff.failures).toBe(7);
  });

  it('takes any delay up to the longest', () => {
    const backoff = new Backoff();
    expect([0, 0.5, 0.25].map((random) => backoff.fail(random))).toEqual([0, 50, 50]);
  });

  it('begins again after a success', () => {
    const backoff = new Backoff();
    backoff.fail(0.5);
    backoff.fail(0.5);
    backoff.succeed();
    expect(backoff.failures).toBe(0);
    expect(backoff.fail(0.5)).toBe(25);
  });

  it('stays at 1 s for ever', () => {
    const backoff = new Backoff();
    for (let i = 0; i < 5_000; i++) backoff.fail(0.5);
    expect(backoff.fail(0.5)).toBe(500);
  });
});
