import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '#testing';
import { chainOf } from '../../test-support/chain-of.js';
import type { HashChain } from '../domain/hash-chain.js';
import { PrefixIndex } from '../domain/prefix-index.js';
import { CollectGarbage } from './collect-garbage.js';
import { DropEngine } from './drop-engine.js';
import { PrefixEvents } from './ports/prefix-events.js';
import { QueryPrefixes } from './query-prefixes.js';
import { SavePrefixes } from './save-prefixes.js';

class HeardEvents extends PrefixEvents {
  readonly heard: unknown[][] = [];

  override prefixesSaved(cluster: string, ip: string, chain: HashChain, savedMs: number): void {
    this.heard.push(['saved', cluster, ip, chain, savedMs]);
  }

  override engineDropped(cluster: string, ip: string, droppedMs: number): void {
    this.heard.push(['dropped', cluster, ip, droppedMs]);
  }
}

const limits = { maxEngineBlocks: 5_000, maxBlocks: 10_000, maxEngines: 10, expiryMs: 1_000 };
const [a, b] = ['10.0.0.1', '10.0.0.2'];
const chain = chainOf([1n, 2n, 3n]);

describe('the use cases', () => {
  let clock: ManualClock;
  let index: PrefixIndex;
  let events: HeardEvents;
  let savePrefixes: SavePrefixes;
  let queryPrefixes: QueryPrefixes;
  let dropEngine: DropEngine;
  beforeEach(() => {
    clock = new ManualClock();
    index = new PrefixIndex(limits, 1);
    events = new HeardEvents();
    savePrefixes = new SavePrefixes(index, clock, events);
    queryPrefixes = new QueryPrefixes(index, clock);
    dropEngine = new DropEngine(index, clock, events);
  });

  it('save, find and drop, and tell each change once, in order, as of when it was', () => {
    savePrefixes.execute('llama', a, chain);
    const savedMs = clock.nowMs();
    clock.advance(10);
    expect(queryPrefixes.execute('llama', chain, 10)).toEqual([{ ip: a, length: 3 }]);
    dropEngine.execute('llama', a);
    expect(queryPrefixes.execute('llama', chain, 10)).toEqual([]);
    expect(events.heard).toEqual([
      ['saved', 'llama', a, chain, savedMs],
      ['dropped', 'llama', a, savedMs + 10],
    ]);
  });

  it('tell of a save that is no news here: others may have evicted it', () => {
    savePrefixes.execute('llama', a, chain);
    savePrefixes.execute('llama', a, chain);
    expect(events.heard).toHaveLength(2);
  });

  it('tell of a drop of what is not known here: others may know more', () => {
    dropEngine.execute('llama', b);
    expect(events.heard).toEqual([['dropped', 'llama', b, clock.nowMs()]]);
  });

  it('do and tell nothing where there is nothing to save', () => {
    savePrefixes.execute('llama', a, chainOf([]));
    expect([events.heard, index.engineCount]).toEqual([[], 0]);
  });

  it('find as many engines as are wanted', () => {
    savePrefixes.execute('llama', a, chain);
    savePrefixes.execute('llama', b, chainOf([1n]));
    expect(queryPrefixes.execute('llama', chain, 1)).toEqual([{ ip: a, length: 3 }]);
    expect(queryPrefixes.execute('llama', chain, 2)).toHaveLength(2);
    expect(queryPrefixes.execute('nobody', chain, 2)).toEqual([]);
  });

  it('collect what the clock says is due, 250 blocks at a time', () => {
    const collectGarbage = new CollectGarbage(index, clock);
    savePrefixes.execute('llama', a, chainOf(Array.from({ length: 625 }, (_, i) => BigInt(i))));
    clock.advance(999);
    expect(collectGarbage.execute()).toBe(false);
    expect(index.engineCount).toBe(1);
    clock.advance(1);
    expect(collectGarbage.execute()).toBe(true);
    expect(index.engineCount).toBe(0);
    expect(collectGarbage.execute()).toBe(true);
    expect(collectGarbage.execute()).toBe(false);
    expect(index.totals.evictedBlocks.expired).toBe(625);
  });
});
