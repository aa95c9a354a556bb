import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TopList } from './top-list.js';

describe('TopList', () => {
  it('keeps the highest ranks, in order', () => {
    const ranks = fc.uniqueArray(fc.integer(), { maxLength: 60, size: 'max' });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), ranks, (size, given) => {
        const top = new TopList<string>(size);
        for (const rank of given) top.add(rank, `${rank}`);
        const expected = given.toSorted((a, b) => b - a).slice(0, size);
        expect(top.inOrder()).toEqual(expected.map(String));
      }),
    );
  });

  it('tells whether it would keep a rank', () => {
    const top = new TopList<string>(2);
    top.add(5, 'five');
    expect(top.takes(1)).toBe(true);
    top.add(7, 'seven');
    expect([top.takes(5), top.takes(6)]).toEqual([false, true]);
  });
});
