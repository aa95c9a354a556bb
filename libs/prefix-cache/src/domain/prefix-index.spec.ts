import { beforeEach, describe, expect, it } from 'vitest';
import { chainOf } from '../../test-support/chain-of.js';
import { type HashChain, maxChainLength } from './hash-chain.js';
import { PrefixIndex } from './prefix-index.js';

const limits = { maxEngineBlocks: 8, maxBlocks: 20, maxEngines: 3, expiryMs: 1_000 };
const nowMs = 50_000;
const a = '10.0.0.1';
const b = '10.0.0.2';
const c = '10.0.0.3';

function prompt(...hashes: number[]): HashChain {
  return chainOf(hashes.map(BigInt));
}

describe('PrefixIndex', () => {
  let index: PrefixIndex;
  beforeEach(() => {
    index = new PrefixIndex(limits, 1);
  });

  function save(ip: string, chain: HashChain, atMs = nowMs): void {
    index.save('llama', ip, chain, atMs, atMs);
  }

  function query(chain: HashChain, limit = 10, atMs = nowMs): string {
    return index
      .query('llama', chain, limit, atMs)
      .map(({ ip, length }) => `${ip}:${length}`)
      .join(' ');
  }

  it('counts leading hashes without a gap, the longest first, of equals the last saved', () => {
    save(a, prompt(1, 2, 3));
    save(b, prompt(1, 2));
    save(c, prompt(1, 2, 4));
    expect(query(prompt(1, 2, 3, 9))).toBe(`${a}:3 ${c}:2 ${b}:2`);
    save(b, prompt(7));
    expect(query(prompt(1, 2, 3, 9))).toBe(`${a}:3 ${b}:2 ${c}:2`);
    expect(query(prompt(1, 2, 3, 9), 2)).toBe(`${a}:3 ${b}:2`);
    expect(query(prompt(2, 1))).toBe(`${b}:2 ${c}:2 ${a}:2`);
    expect(query(prompt(9, 1))).toBe('');
    expect(query(prompt())).toBe('');
  });

  it('tells the last saved of equals with the longest of chains, too', () => {
    const large = new PrefixIndex({ ...limits, maxEngineBlocks: 10_000, maxBlocks: 20_000 }, 1);
    const longest = prompt(...Array.from({ length: maxChainLength }, (_, i) => i));
    for (const ip of [a, b, a, b]) large.save('llama', ip, longest, nowMs, nowMs);
    expect(large.query('llama', longest, 2, nowMs)).toEqual([
      { ip: b, length: maxChainLength },
      { ip: a, length: maxChainLength },
    ]);
  });

  it('tells prefixes apart that one double stands for, and those of other clusters', () => {
    index.save('llama', a, chainOf([9007199254740992n]), nowMs, nowMs);
    index.save('qwen', b, chainOf([9007199254740993n]), nowMs, nowMs);
    expect(query(chainOf([9007199254740993n]))).toBe('');
    expect(query(chainOf([9007199254740992n]))).toBe(`${a}:1`);
    expect(index.query('qwen', chainOf([9007199254740993n]), 10, nowMs)).toEqual([{ ip: b, length: 1 }]);
    expect(index.query('nobody', chainOf([9007199254740993n]), 10, nowMs)).toEqual([]);
  });

  it('evicts the tail of the chain that was saved longest ago', () => {
    save(a, prompt(1, 2, 3, 4));
    save(a, prompt(1, 2, 5, 6));
    save(a, prompt(7, 8, 9));
    expect(query(prompt(1, 2, 3, 4))).toBe(`${a}:3`);
    save(a, prompt(10));
    expect(query(prompt(1, 2, 3, 4))).toBe(`${a}:2`);
    expect(query(prompt(1, 2, 5, 6))).toBe(`${a}:4`);
    expect(index.totals.evictedBlocks.engine_full).toBe(2);
  });

  it('is not touched by a query', () => {
    save(a, prompt(1, 2, 3, 4));
    save(a, prompt(5, 6, 7, 8));
    query(prompt(1, 2, 3, 4));
    save(a, prompt(9));
    expect(query(prompt(1, 2, 3, 4))).toBe(`${a}:3`);
  });

  it('keeps the head of a chain that is longer than the engine’s limit', () => {
    save(a, prompt(...Array.from({ length: 12 }, (_, i) => i + 1)));
    expect(query(prompt(1, 2, 3, 4, 5, 6, 7, 8, 9))).toBe(`${a}:8`);
    expect(index.totals.evictedBlocks.engine_full).toBe(0);
  });

  it('evicts what was used longest ago anywhere when all blocks are taken', () => {
    save(a, prompt(1, 2, 3, 4));
    save(b, prompt(11, 12, 13, 14, 15, 16, 17, 18));
    save(c, prompt(21, 22, 23, 24, 25, 26, 27, 28));
    save(b, prompt(11, 12, 13, 14, 15, 16, 17, 19));
    expect(query(prompt(1, 2, 3, 4))).toBe(`${a}:4`);
    save(c, prompt(29));
    save(a, prompt(5, 6));
    expect(query(prompt(1, 2, 3, 4))).toBe(`${a}:2`);
    expect(index.blockCount).toBe(20);
  });

  it('makes room for a new engine by the one that was saved to longest ago', () => {
    save(a, prompt(1));
    save(b, prompt(1));
    save(c, prompt(1));
    save(a, prompt(2));
    save('10.0.0.4', prompt(1));
    expect(query(prompt(1))).toBe(`10.0.0.4:1 ${a}:1 ${c}:1`);
    expect(index.engineCount).toBe(3);
    expect(index.totals.evictedBlocks.engines_full).toBe(1);
  });

  it('forgets an engine that nobody has saved to for the expiry, to the millisecond', () => {
    save(a, prompt(1));
    save(b, prompt(1), nowMs + 1);
    expect(query(prompt(1), 10, nowMs + 999)).toBe(`${b}:1 ${a}:1`);
    expect(query(prompt(1), 10, nowMs + 1_000)).toBe(`${b}:1`);
    expect(index.totals.evictedBlocks.expired).toBe(1);
    expect(index.collect(nowMs + 1_000, 10)).toBe(false);
    expect(query(prompt(1), 10, nowMs + 1_001)).toBe('');
  });

  it('finds none of many that expire at once, and collects them in bites', () => {
    const engines = 1_000;
    const large = new PrefixIndex({ ...limits, maxEngines: engines, maxBlocks: 5_000 }, 1);
    for (let i = 0; i < engines; i++) large.save('llama', `10.0.1.${i}`, prompt(1, 2), nowMs, nowMs);
    const laterMs = nowMs + 1_000;
    expect(large.query('llama', prompt(1), 10, laterMs - 1)).toHaveLength(10);
    expect(large.query('llama', prompt(1), 10, laterMs)).toEqual([]);
    expect(large.engineCount).toBeGreaterThan(engines / 2);
    // The last to go is known anew, without what it held.
    large.save('llama', `10.0.1.${engines - 1}`, prompt(1, 3), laterMs, laterMs);
    expect(large.query('llama', prompt(1, 2), 10, laterMs)).toEqual([
      { ip: `10.0.1.${engines - 1}`, length: 1 },
    ]);
    let bites = 1;
    while (large.collect(laterMs, 10_000)) bites++;
    expect(bites).toBeGreaterThan(5);
    expect([large.engineCount, large.blockCount]).toEqual([1, 2]);
    expect(large.totals.evictedBlocks).toMatchObject({ expired: 2 * engines, engines_full: 0 });
  });

  it('clears away what is gone in bites', () => {
    save(a, prompt(1, 2, 3, 4, 5, 6, 7, 8));
    expect(index.drop('llama', a, nowMs)).toBe(true);
    expect(index.blockCount).toBe(0);
    expect(query(prompt(1))).toBe('');
    save(a, prompt(1, 2));
    expect(query(prompt(1, 2, 3))).toBe(`${a}:2`);
    expect([1, 2, 3].map(() => index.collect(nowMs, 3))).toEqual([true, true, false]);
    expect(query(prompt(1, 2, 3))).toBe(`${a}:2`);
    expect(index.blockCount).toBe(2);
  });

  it('makes room with the blocks of engines that are gone, before any that can be found', () => {
    const small = new PrefixIndex({ ...limits, maxBlocks: 8 }, 1);
    small.save('llama', a, prompt(1, 2, 3, 4), nowMs, nowMs);
    small.save('llama', b, prompt(1, 2, 3, 4), nowMs, nowMs);
    small.drop('llama', b, nowMs);
    small.save('llama', c, prompt(1, 2, 3, 4), nowMs, nowMs);
    expect(small.totals.evictedBlocks.index_full).toBe(0);
    expect(small.blockCount).toBe(8);
  });

  it('saves, finds and evicts in batches, and nobody can tell', () => {
    const large = new PrefixIndex({ ...limits, maxEngineBlocks: 300, maxBlocks: 500 }, 1);
    const numbers = (from: number) => prompt(...Array.from({ length: 200 }, (_, i) => from + i));
    const found = (chain: HashChain) =>
      large.query('llama', chain, 10, nowMs).map(({ ip, length }) => `${ip}:${length}`);
    for (const ip of [a, b, c]) large.save('llama', ip, numbers(0), nowMs, nowMs);
    expect(found(numbers(0))).toEqual([`${c}:200`, `${b}:200`, `${a}:100`]);
    large.save('llama', c, numbers(1_000), nowMs, nowMs);
    expect(found(numbers(1_000))).toEqual([`${c}:200`]);
    expect(found(numbers(0))).toEqual([`${b}:200`, `${c}:100`]);
    expect(large.totals.evictedBlocks).toMatchObject({ engine_full: 100, index_full: 200 });
    large.drop('llama', c, nowMs);
    expect([large.collect(nowMs, 290), large.collect(nowMs, 290)]).toEqual([true, false]);
    expect(found(numbers(0))).toEqual([`${b}:200`]);
  });

  it('leaves out the rest of a chain that names what many hold again and again', () => {
    const wide = new PrefixIndex(
      { ...limits, maxEngineBlocks: 8_192, maxBlocks: 20_000, maxEngines: 2_000 },
      1,
    );
    const ips = Array.from({ length: 1_100 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
    for (const ip of ips) wide.save('llama', ip, prompt(1), nowMs, nowMs);
    const again = Array<number>(8_000).fill(1);
    // So many times 1,100 holders are hardly less than the 8,388,608 that a call looks at.
    expect(wide.query('llama', prompt(...again), 1, nowMs)).toEqual([{ ip: ips.at(-1), length: 7_626 }]);
    wide.save('llama', a, prompt(7, ...again), nowMs, nowMs);
    expect(wide.query('llama', prompt(7), 1, nowMs)).toEqual([]);
    wide.save('llama', a, prompt(7, 1, 1), nowMs, nowMs);
    expect(wide.query('llama', prompt(7, 1, 1), 1, nowMs)).toEqual([{ ip: a, length: 3 }]);
  });

  describe('told by other replicas', () => {
    it('takes no save of the time before a drop, and keeps what was saved after it', () => {
      save(a, prompt(1), nowMs);
      index.drop('llama', a, nowMs + 10);
      expect(index.save('llama', a, prompt(1), nowMs + 9, nowMs + 20)).toBe(false);
      expect(query(prompt(1), 10, nowMs + 20)).toBe('');
      expect(index.save('llama', a, prompt(1), nowMs + 15, nowMs + 20)).toBe(true);
      expect(index.drop('llama', a, nowMs + 10)).toBe(false);
      expect(query(prompt(1), 10, nowMs + 20)).toBe(`${a}:1`);
    });

    it('takes a drop that comes late as a drop where all or some is older', () => {
      save(a, prompt(1), nowMs);
      expect(index.drop('llama', a, nowMs - 1)).toBe(false);
      save(a, prompt(1, 2), nowMs + 5);
      expect(index.drop('llama', a, nowMs + 2)).toBe(true);
      expect(query(prompt(1), 10, nowMs + 5)).toBe('');
    });

    it('takes no save that has expired', () => {
      expect(index.save('llama', a, prompt(1), nowMs - 1_000, nowMs)).toBe(false);
      expect(index.save('llama', a, prompt(1), nowMs - 999, nowMs)).toBe(true);
      expect(query(prompt(1), 10, nowMs + 1)).toBe('');
    });

    it('recalls what was used before all that is known, and evicts nothing for it', () => {
      save(a, prompt(1, 2));
      expect(index.recall('llama', a, prompt(1, 2, 3, 4), nowMs, nowMs)).toBe(true);
      expect(index.recall('llama', a, prompt(1, 2, 3, 4), nowMs, nowMs)).toBe(false);
      expect(index.recall('llama', a, prompt(5, 6, 7, 8, 9), nowMs, nowMs)).toBe(true);
      expect(query(prompt(1, 2, 3, 4))).toBe(`${a}:4`);
      expect(query(prompt(5, 6, 7, 8, 9))).toBe(`${a}:4`);
      save(a, prompt(20));
      expect(query(prompt(5, 6, 7, 8, 9))).toBe(`${a}:3`);
      expect(index.totals.evictedBlocks.engine_full).toBe(1);
    });

    it('recalls nothing of an engine that was dropped, however young it seems: lines may have waited for long', () => {
      index.drop('llama', a, nowMs);
      expect(index.recall('llama', a, prompt(1), nowMs + 5, nowMs + 5)).toBe(false);
      expect(index.recall('llama', b, prompt(1), nowMs + 5, nowMs + 5)).toBe(true);
      expect(index.save('llama', a, prompt(1), nowMs + 5, nowMs + 5)).toBe(true);
      expect(index.recall('llama', a, prompt(2), nowMs + 5, nowMs + 5)).toBe(false);
    });

    it('recalls no engine beyond the limit, and puts those it recalls behind those that are in use', () => {
      save(a, prompt(1));
      index.recall('llama', b, prompt(1), nowMs, nowMs);
      index.recall('llama', c, prompt(1), nowMs, nowMs);
      expect(index.recall('llama', '10.0.0.4', prompt(1), nowMs, nowMs)).toBe(false);
      expect(query(prompt(1))).toBe(`${a}:1 ${b}:1 ${c}:1`);
    });
  });

  describe('told to other replicas', () => {
    it('gives itself away from the most recent chain on, and can be rebuilt in the same order', () => {
      save(a, prompt(1, 2, 3, 4));
      save(b, prompt(1, 2, 7));
      save(a, prompt(1, 2, 5));
      const copy = new PrefixIndex(limits, 2);
      const told: string[] = [];
      for (const slice of index.recent.slices()) {
        for (const { engine, hashes } of slice) {
          told.push(`${engine.ip}: ${hashes.low.join(' ')}`);
          copy.recall(engine.cluster.name, engine.ip, hashes, engine.savedMs, nowMs);
        }
      }
      expect(told).toEqual([`${a}: 1 2 5`, `${b}: 1 2 7`, `${a}: 3 4`]);
      for (const replica of [index, copy]) replica.save('llama', a, prompt(11, 12, 13, 14), nowMs, nowMs);
      const asked = [prompt(1, 2, 3, 4), prompt(1, 2, 5), prompt(1, 2, 7), prompt(11, 12, 13, 14)];
      for (const chain of asked)
        expect(copy.query('llama', chain, 10, nowMs)).toEqual(index.query('llama', chain, 10, nowMs));
      expect(copy.query('llama', prompt(1, 2, 3, 4), 1, nowMs)).toEqual([{ ip: a, length: 3 }]);
    });

    it('goes on where it was while blocks come and go, and leaves no trace', () => {
      const large = new PrefixIndex({ ...limits, maxEngineBlocks: 10_000, maxBlocks: 5_000 }, 1);
      const numbers = (from: number) => prompt(...Array.from({ length: 2_500 }, (_, i) => from + i));
      large.save('llama', a, numbers(0), nowMs, nowMs);
      large.save('llama', b, numbers(10_000), nowMs, nowMs);
      const slices = large.recent.slices()[Symbol.iterator]();
      const lengths = Array.from({ length: 4 }, () =>
        (slices.next().value as readonly { hashes: HashChain }[]).map(({ hashes }) => hashes.length),
      );
      expect(lengths).toEqual([[500], [500], [500], [500]]);
      // Evicts what was to be told of the first engine, and its last place with it.
      large.save('llama', c, numbers(20_000), nowMs, nowMs);
      const rest: number[] = [];
      for (let next = slices.next(); next.done !== true; next = slices.next())
        for (const { hashes } of next.value) rest.push(...hashes.low);
      expect(rest).toEqual(Array.from({ length: 500 }, (_, i) => 12_000 + i));
      large.save('llama', a, numbers(30_000), nowMs, nowMs);
      expect(large.blockCount).toBe(5_000);
      expect(large.query('llama', numbers(10_000), 1, nowMs)).toEqual([]);
    });

    it('leaves out engines that are gone', () => {
      save(a, prompt(1));
      save(b, prompt(1));
      index.drop('llama', a, nowMs);
      expect([...index.recent.slices()].flat().map(({ engine }) => engine.ip)).toEqual([b]);
    });
  });

  it('counts what happens', () => {
    save(a, prompt(1, 2));
    save(a, prompt(1, 2, 3));
    query(prompt(1, 2, 9));
    query(prompt(9));
    expect(index.totals).toMatchObject({
      queries: 2,
      hits: 1,
      queriedBlocks: 4,
      hitBlocks: 2,
      savedBlocks: 3,
      refreshedBlocks: 2,
    });
    expect([...index.clusters()].map(({ name, blockCount }) => [name, blockCount])).toEqual([['llama', 3]]);
    expect(index.bytes).toBeGreaterThan(1_000_000);
    index.drop('llama', a, nowMs);
    expect([...index.clusters()]).toEqual([]);
    expect(index.totals.evictedBlocks.dropped).toBe(3);
  });
});
