import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chainOf } from '../../../test-support/chain-of.js';
import { PrefixTable, batchSize } from './prefix-table.js';
import { none } from './records.js';

/** Few of each, so that keys differ in one word alone. */
const word = fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1);
const key = fc.tuple(fc.constantFrom(0, 1), word, word);

function holdersOf(table: PrefixTable, prefix: number): number[] {
  const at = table.holdersAt(prefix);
  return [...table.holderWords(prefix).subarray(at, at + table.holderCount(prefix))].toSorted(
    (a, b) => a - b,
  );
}

describe('PrefixTable', () => {
  it('is a map of prefixes to their holders', () => {
    const change = fc.record({ key, engine: fc.nat(40), isAdded: fc.boolean() });
    fc.assert(
      fc.property(fc.integer(), fc.array(change, { maxLength: 300, size: 'max' }), (seed, changes) => {
        const table = new PrefixTable(seed);
        const expected = new Map<string, Map<number, number>>();
        let blocks = 0;
        for (const {
          key: [cluster, high, low],
          engine,
          isAdded,
        } of changes) {
          const holders = expected.get(`${cluster} ${high} ${low}`) ?? new Map<number, number>();
          let prefix = table.find(cluster, high, low);
          if (isAdded && !holders.has(engine)) {
            if (prefix === none) prefix = table.add(cluster, high, low);
            table.addHolder(prefix, engine, ++blocks);
            holders.set(engine, blocks);
          } else if (!isAdded && holders.has(engine)) {
            table.removeHolder(prefix, engine);
            holders.delete(engine);
          }
          expected.set(`${cluster} ${high} ${low}`, holders);
          prefix = table.find(cluster, high, low);
          if (holders.size === 0) {
            expect(prefix).toBe(none);
            continue;
          }
          expect([table.hashHigh(prefix), table.hashLow(prefix)]).toEqual([high, low]);
          expect(holdersOf(table, prefix)).toEqual([...holders.keys()].toSorted((a, b) => a - b));
          const engines = Array.from({ length: 41 }, (_, other) => other);
          expect(engines.map((other) => table.blockOf(prefix, other))).toEqual(
            engines.map((other) => holders.get(other) ?? none),
          );
        }
      }),
      { numRuns: 200 },
    );
  });

  it('finds everything while it grows by a bucket at a time, and after half of it has gone', () => {
    const table = new PrefixTable(7);
    const count = 100_000;
    const numbers = Array.from({ length: count }, (_, i) => i);
    for (let i = 0; i < count; i++) table.addHolder(table.add(i % 3, i >>> 4, i), 1, i);
    const isFound = (i: number) => table.blockOf(table.find(i % 3, i >>> 4, i), 1) === i;
    expect(numbers.every(isFound)).toBe(true);
    const bytes = table.bytes;
    for (let i = 0; i < count; i += 2) table.removeHolder(table.find(i % 3, i >>> 4, i), 1);
    expect(numbers.every((i) => (i % 2 === 0 ? table.find(i % 3, i >>> 4, i) === none : isFound(i)))).toBe(
      true,
    );
    for (let i = 0; i < count; i += 2) table.addHolder(table.add(i % 3, i >>> 4, i), 1, i);
    expect(table.bytes).toBe(bytes);
  });

  it('finds a part of a chain side by side as it does place by place', () => {
    const table = new PrefixTable(7);
    const chain = chainOf(Array.from({ length: 40_000 }, (_, i) => BigInt(i) << 20n));
    for (let i = 0; i < chain.length; i++)
      if (i % 3 !== 0) table.addHolder(table.add(i % 2, chain.high[i]!, chain.low[i]!), 1, i);
    for (const to of [1, batchSize - 1, batchSize, 20_000, chain.length]) {
      const from = Math.max(0, to - batchSize);
      const expected = Array.from({ length: to - from }, (_, i) =>
        table.find(1, chain.high[from + i]!, chain.low[from + i]!),
      );
      expect([...table.findAll(1, chain, from, to).subarray(0, to - from)]).toEqual(expected);
    }
  });

  it('keeps a list of thousands of holders, whichever of them goes', () => {
    const table = new PrefixTable(7);
    const prefix = table.add(0, 1, 2);
    for (let engine = 0; engine < 5_000; engine++) table.addHolder(prefix, engine, engine * 2);
    for (let engine = 0; engine < 5_000; engine += 3) table.removeHolder(prefix, engine);
    const engines = Array.from({ length: 5_000 }, (_, engine) => engine);
    expect(engines.map((engine) => table.blockOf(prefix, engine))).toEqual(
      engines.map((engine) => (engine % 3 === 0 ? none : engine * 2)),
    );
    for (let engine = 4_999; engine > 1; engine--) if (engine % 3 !== 0) table.removeHolder(prefix, engine);
    expect(holdersOf(table, prefix)).toEqual([1]);
  });
});
