import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CacheLimits } from './cache-limits.js';
import type { EvictionCause } from './cache-totals.js';
import { chainOf } from '../../test-support/chain-of.js';
import { PrefixIndex } from './prefix-index.js';

/** What one engine holds, in the simplest way to say it. */
interface NaiveEngine {
  readonly held: Set<bigint>;
  savedMs: number;
  saveOrder: number;
}

interface NaiveBlock {
  readonly key: string;
  readonly hash: bigint;
}

/** The same rules as the index: a map of sets, and one list of all blocks, the most recently used first. */
class NaiveIndex {
  readonly engines = new Map<string, NaiveEngine>();
  #recency: NaiveBlock[] = [];
  #saves = 0;

  constructor(private readonly limits: CacheLimits) {}

  save(key: string, hashes: readonly bigint[], nowMs: number): void {
    this.expire(nowMs);
    if (hashes.length === 0) return;
    let engine = this.engines.get(key);
    if (engine === undefined) {
      if (this.engines.size >= this.limits.maxEngines) this.drop(this.#leastRecentlySaved());
      engine = { held: new Set(), savedMs: nowMs, saveOrder: 0 };
      this.engines.set(key, engine);
    }
    engine.savedMs = nowMs;
    engine.saveOrder = ++this.#saves;
    const kept = hashes.slice(0, Math.min(this.limits.maxEngineBlocks, this.limits.maxBlocks));
    for (const hash of kept.toReversed()) {
      this.#recency = [{ key, hash }, ...this.#recency.filter((block) => !isSame(block, key, hash))];
      engine.held.add(hash);
    }
    while (engine.held.size > this.limits.maxEngineBlocks) this.#evictLast((block) => block.key === key);
    while (this.#recency.length > this.limits.maxBlocks) this.#evictLast(() => true);
  }

  query(cluster: string, hashes: readonly bigint[], limit: number, nowMs: number) {
    this.expire(nowMs);
    const found = [...this.engines]
      .filter(([key]) => key.startsWith(`${cluster}/`))
      .map(([key, { held, saveOrder }]) => {
        const gap = hashes.findIndex((hash) => !held.has(hash));
        return { ip: key.split('/')[1]!, length: gap < 0 ? hashes.length : gap, saveOrder };
      })
      .filter(({ length }) => length > 0)
      .sort((a, b) => b.length - a.length || b.saveOrder - a.saveOrder);
    return found.slice(0, limit).map(({ ip, length }) => ({ ip, length }));
  }

  drop(key: string): void {
    this.engines.delete(key);
    this.#recency = this.#recency.filter((block) => block.key !== key);
  }

  expire(nowMs: number): void {
    for (const [key, { savedMs }] of this.engines) {
      if (nowMs - savedMs >= this.limits.expiryMs) this.drop(key);
    }
  }

  get blockCount(): number {
    return this.#recency.length;
  }

  blocksOf(cluster: string): number {
    return this.#recency.filter(({ key }) => key.startsWith(`${cluster}/`)).length;
  }

  #evictLast(isEvictable: (block: NaiveBlock) => boolean): void {
    const at = this.#recency.findLastIndex(isEvictable);
    const { key, hash } = this.#recency[at]!;
    this.#recency.splice(at, 1);
    const engine = this.engines.get(key)!;
    engine.held.delete(hash);
    if (engine.held.size === 0) this.engines.delete(key);
  }

  #leastRecentlySaved(): string {
    return [...this.engines].sort(([, a], [, b]) => a.saveOrder - b.saveOrder)[0]![0];
  }
}

function isSame(block: NaiveBlock, key: string, hash: bigint): boolean {
  return block.key === key && block.hash === hash;
}

const clusters = ['llama', 'qwen'];
const ips = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
const cluster = fc.constantFrom(...clusters);
const ip = fc.constantFrom(...ips);

/** A tree of prompts: each hash names all that stands before it, as those of gateways do; most of them beyond 2^53. */
const prompt = fc
  .array(fc.integer({ min: 1, max: 3 }), { maxLength: 6 })
  .map((words) =>
    words.map((_, i) => words.slice(0, i + 1).reduce((hash, word) => hash * 4n + BigInt(word), 2n ** 50n)),
  );
/** Numbers in no order, neighbours that a double can't tell apart, and repetitions. */
const anyHashes = fc.array(
  fc.constantFrom(0n, 1n, 2n ** 32n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 64n - 1n, 2n ** 64n - 2n),
  { maxLength: 5 },
);
const hashes = fc.oneof({ weight: 3, arbitrary: prompt }, { weight: 1, arbitrary: anyHashes });

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ call: fc.constant('save' as const), cluster, ip, hashes }) },
  {
    weight: 4,
    arbitrary: fc.record({
      call: fc.constant('query' as const),
      cluster,
      hashes,
      limit: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ call: fc.constant('drop' as const), cluster, ip }) },
  { weight: 2, arbitrary: fc.record({ call: fc.constant('wait' as const), ms: fc.nat(60) }) },
  { weight: 1, arbitrary: fc.record({ call: fc.constant('collect' as const), limit: fc.nat(5) }) },
);

const limits = fc.record({
  maxEngineBlocks: fc.integer({ min: 1, max: 12 }),
  maxBlocks: fc.integer({ min: 1, max: 30 }),
  maxEngines: fc.integer({ min: 1, max: 5 }),
  expiryMs: fc.constant(100),
});

describe('the prefix index', () => {
  it('is a map of sets with a list of what was used when, whatever the sequence', () => {
    const evicted = { engine_full: 0, index_full: 0, engines_full: 0, expired: 0, dropped: 0 };
    let hits = 0;
    fc.assert(
      fc.property(limits, fc.nat(), fc.array(step, { maxLength: 60, size: 'max' }), (within, seed, steps) => {
        const index = new PrefixIndex(within, seed);
        const naive = new NaiveIndex(within);
        let nowMs = 1_000;
        for (const each of steps) {
          switch (each.call) {
            case 'save':
              index.save(each.cluster, each.ip, chainOf(each.hashes), nowMs, nowMs);
              naive.save(`${each.cluster}/${each.ip}`, each.hashes, nowMs);
              break;
            case 'query':
              expect(index.query(each.cluster, chainOf(each.hashes), each.limit, nowMs)).toEqual(
                naive.query(each.cluster, each.hashes, each.limit, nowMs),
              );
              break;
            case 'drop':
              index.drop(each.cluster, each.ip, nowMs);
              naive.drop(`${each.cluster}/${each.ip}`);
              break;
            case 'wait':
              nowMs += each.ms;
              break;
            case 'collect':
              index.collect(nowMs, each.limit);
              naive.expire(nowMs);
              break;
          }
          if (each.call === 'wait') continue;
          naive.expire(nowMs);
          index.collect(nowMs, 0);
          expect(index.blockCount).toBe(naive.blockCount);
          expect(index.engineCount).toBe(naive.engines.size);
          expect(new Map(Array.from(index.clusters(), ({ name, blockCount }) => [name, blockCount]))).toEqual(
            new Map(
              clusters.map((name) => [name, naive.blocksOf(name)] as const).filter(([, count]) => count > 0),
            ),
          );
        }
        hits += index.totals.hits;
        for (const cause of Object.keys(evicted) as EvictionCause[])
          evicted[cause] += index.totals.evictedBlocks[cause];
      }),
      { numRuns: 5_000 },
    );
    // The sequences were no idle ones.
    expect(hits).toBeGreaterThan(3_000);
    expect(Math.min(...Object.values(evicted)), JSON.stringify(evicted)).toBeGreaterThan(300);
  });
});
