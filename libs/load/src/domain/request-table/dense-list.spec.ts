import { describe, expect, it } from 'vitest';
import { DenseList } from './dense-list.js';
import { chunkSize } from './slot.js';

describe('DenseList', () => {
  it('keeps each object at its number over many chunks', () => {
    const list = new DenseList<string>();
    const numbers = Array.from({ length: 3 * chunkSize }, (_, i) => list.add(`object ${i}`));
    expect(numbers.every((at, i) => at === i && list.get(at) === `object ${i}`)).toBe(true);
    list.set(7, 'another');
    expect([list.get(6), list.get(7)]).toEqual(['object 6', 'another']);
  });

  it('gives the numbers of the deleted again before it grows, and lets go of the deleted', () => {
    const list = new DenseList<object>();
    for (let i = 0; i < 10; i++) list.add({});
    for (const at of [3, 8, 5]) list.delete(at);
    expect([3, 5, 8].map((at) => list.get(at))).toEqual([undefined, undefined, undefined]);
    expect(new Set([list.add({}), list.add({}), list.add({})])).toEqual(new Set([3, 5, 8]));
    expect(list.add({})).toBe(10);
  });
});
