import { Blocks } from './blocks/blocks.js';
import { PrefixTable, batchSize } from './blocks/prefix-table.js';
import { none } from './blocks/records.js';
import type { CacheLimits } from './cache-limits.js';
import { CacheTotals, type EvictionCause } from './cache-totals.js';
import type { CachedCluster, CachedEngine } from './cached-engine.js';
import { DroppedEngines } from './dropped-engines.js';
import { EngineRoster } from './engine-roster.js';
import type { HashChain } from './hash-chain.js';
import { LongestRuns } from './longest-runs.js';
import { RecentRuns } from './recent-runs.js';
import { TopList } from './top-list.js';

/** An engine, and how many leading hashes of a prompt it holds without a gap. */
export interface Location {
  readonly ip: string;
  readonly length: number;
}

/** More saves than a process lives to see; times the longest of chains it is still far from where numbers round. */
const saveOrders = 2 ** 39;

/**
 * Holders that one call looks at: those of the longest chain on 1,024 engines. The rest of a chain that has more is left
 * out, or it would hold up everybody: one that names a prefix again and again could have a hundred times as many.
 */
const maxHolders = 8_388_608;

/** Engines that one call takes for gone at most: a fraction of a millisecond of work. */
const expiriesPerCall = 100;

/**
 * Which engine of a cluster holds which prefixes: a picture of their KV caches, drawn from what gateways have sent
 * where.
 *
 * Like an engine's cache it forgets the least recently saved block first. The blocks of one prompt count as saved from
 * its end to its beginning, so that a chain loses its tail before its head and is never left with a gap. Times are
 * those of the monotonic clock, given by the caller.
 */
export class PrefixIndex {
  readonly totals = new CacheTotals();
  /** What is known, for other replicas. */
  readonly recent: RecentRuns;
  readonly #table: PrefixTable;
  readonly #blocks = new Blocks();
  readonly #roster = new EngineRoster();
  readonly #runs: LongestRuns;
  readonly #dropped: DroppedEngines;
  #blockCount = 0;
  #retiredBlockCount = 0;
  #saveCount = 0;
  #recallCount = 0;

  /** @param seed 32 random bits, see {@link PrefixTable} */
  constructor(
    readonly limits: CacheLimits,
    seed: number,
  ) {
    this.#table = new PrefixTable(seed);
    this.#runs = new LongestRuns(this.#table, maxHolders);
    this.#dropped = new DroppedEngines(limits.maxEngines);
    this.recent = new RecentRuns(this.#table, this.#blocks, this.#roster);
  }

  /**
   * The engine holds these prefixes now. Of a chain that is longer than a limit its head counts.
   *
   * @param savedMs when that became so; earlier than now where another replica tells of it
   * @returns whether any of it was news
   */
  save(cluster: string, ip: string, chain: HashChain, savedMs: number, nowMs: number): boolean {
    this.#expire(nowMs);
    if (chain.length === 0 || this.#isOver(cluster, ip, savedMs, nowMs)) return false;
    const savedBefore = this.totals.savedBlocks;
    const engine = this.#knownEngine(cluster, ip, nowMs) ?? this.#addEngine(cluster, ip);
    this.#roster.onSaved(engine, savedMs, ++this.#saveCount);
    let holdersLeft = maxHolders;
    for (let to = this.#keptOf(chain); to > 0 && holdersLeft > 0; to -= batchSize)
      holdersLeft -= this.#saveBatch(engine, chain, Math.max(0, to - batchSize), to);
    this.#evict(engine.blockCount - this.limits.maxEngineBlocks, 'engine_full', engine);
    // The blocks of engines that are gone make room first.
    this.#clear(this.#blockCount - this.limits.maxBlocks);
    this.#evict(this.#blockCount - this.limits.maxBlocks, 'index_full');
    return this.totals.savedBlocks > savedBefore;
  }

  /**
   * The engine has held these prefixes for a while: less recently than all that is known here. Nothing is evicted for
   * them. Of an engine that was dropped nothing is recalled: what it has got since then was told as saved.
   *
   * @returns whether any of it was news
   */
  recall(cluster: string, ip: string, chain: HashChain, savedMs: number, nowMs: number): boolean {
    this.#expire(nowMs);
    if (chain.length === 0 || this.#isOver(cluster, ip, savedMs, nowMs)) return false;
    if (this.#dropped.has(cluster, ip) || !this.#makeRoom()) return false;
    const known = this.#knownEngine(cluster, ip, nowMs);
    if (known === undefined && this.#roster.count >= this.limits.maxEngines) return false;
    const engine = known ?? this.#addEngine(cluster, ip);
    this.#roster.onSaved(engine, savedMs, known?.saveOrder ?? -++this.#recallCount);
    const savedBefore = this.totals.savedBlocks;
    for (let place = 0; place < chain.length; place++) {
      if (engine.blockCount >= this.limits.maxEngineBlocks || !this.#makeRoom()) break;
      const prefix = this.#prefixOf(engine.cluster, chain, place);
      if (this.#table.blockOf(prefix, engine.number) === none)
        this.#hold(engine, prefix, this.#blocks.addOldest(prefix, engine));
    }
    return this.totals.savedBlocks > savedBefore;
  }

  /**
   * The engine has lost its cache.
   *
   * @param droppedMs when; an engine that was first saved to after that stays
   * @returns whether anything was known of it
   */
  drop(cluster: string, ip: string, droppedMs: number): boolean {
    this.#dropped.add(cluster, ip, droppedMs);
    const engine = this.#roster.engine(cluster, ip);
    if (engine === undefined || engine.firstSavedMs > droppedMs) return false;
    this.#retire(engine, 'dropped');
    return true;
  }

  /**
   * Changes nothing but totals.
   *
   * @param limit how many are returned at most, from 1
   * @returns the engines that hold the beginning of the chain: the longest first, of equals the one saved to last
   */
  query(cluster: string, chain: HashChain, limit: number, nowMs: number): Location[] {
    this.#expire(nowMs);
    const top = new TopList<Location>(limit);
    const known = this.#roster.cluster(cluster);
    if (known !== undefined) {
      this.#runs.search(known.number, chain, (number, length) => {
        const engine = this.#roster.numbered(number);
        const rank = length * saveOrders + engine.saveOrder;
        if (top.takes(rank) && !this.#isExpired(engine, nowMs)) top.add(rank, { ip: engine.ip, length });
      });
    }
    const locations = top.inOrder();
    this.totals.onQuery(chain.length, locations[0]?.length ?? 0);
    return locations;
  }

  /**
   * Collects what is due: engines that expired, and the blocks of those that are gone. Costs what it collects.
   *
   * @param limit how many blocks to clear away at most
   * @returns whether more is due
   */
  collect(nowMs: number, limit: number): boolean {
    this.#expire(nowMs);
    this.#dropped.forgetBefore(nowMs - this.limits.expiryMs, limit);
    return this.#clear(limit) === limit || this.#isExpired(this.#roster.leastRecentlySaved, nowMs);
  }

  /** Clusters with at least one block. */
  *clusters(): Iterable<CachedCluster> {
    for (const cluster of this.#roster.clusters()) {
      if (cluster.blockCount > 0) yield cluster;
    }
  }

  get engineCount(): number {
    return this.#roster.count;
  }

  /** Blocks that can be found; those of engines that are gone no longer count. */
  get blockCount(): number {
    return this.#blockCount - this.#retiredBlockCount;
  }

  /** Memory of prefixes and blocks, which is nearly all of it. */
  get bytes(): number {
    return this.#table.bytes + this.#blocks.bytes;
  }

  /** Of a time of which nothing may be learned any more. */
  #isOver(cluster: string, ip: string, savedMs: number, nowMs: number): boolean {
    return nowMs - savedMs >= this.limits.expiryMs || this.#dropped.isDroppedAfter(cluster, ip, savedMs);
  }

  #keptOf(chain: HashChain): number {
    return Math.min(chain.length, this.limits.maxEngineBlocks, this.limits.maxBlocks);
  }

  /** @returns how many holders it looked at */
  #saveBatch(engine: CachedEngine, chain: HashChain, from: number, to: number): number {
    const found = this.#table.findAll(engine.cluster.number, chain, from, to);
    let holders = 0;
    for (let place = to - 1; place >= from; place--) {
      let prefix = found[place - from]!;
      // A chain may name a prefix twice: then it is there by now.
      if (prefix === none) prefix = this.#prefixOf(engine.cluster, chain, place);
      holders += this.#table.holderCount(prefix);
      const block = this.#table.blockOf(prefix, engine.number);
      if (block === none) this.#hold(engine, prefix, this.#blocks.addNewest(prefix, engine));
      else {
        this.#blocks.touch(block, engine);
        this.totals.refreshedBlocks++;
      }
    }
    return holders;
  }

  #prefixOf({ number }: CachedCluster, chain: HashChain, place: number): number {
    const high = chain.high[place]!;
    const low = chain.low[place]!;
    const prefix = this.#table.find(number, high, low);
    return prefix === none ? this.#table.add(number, high, low) : prefix;
  }

  #hold(engine: CachedEngine, prefix: number, block: number): void {
    this.#table.addHolder(prefix, engine.number, block);
    engine.blockCount++;
    engine.cluster.blockCount++;
    this.#blockCount++;
    this.totals.savedBlocks++;
  }

  /** @returns the engine, unless it has expired */
  #knownEngine(cluster: string, ip: string, nowMs: number): CachedEngine | undefined {
    const engine = this.#roster.engine(cluster, ip);
    if (engine === undefined || !this.#isExpired(engine, nowMs)) return engine;
    this.#retire(engine, 'expired');
    return undefined;
  }

  #addEngine(cluster: string, ip: string): CachedEngine {
    if (this.#roster.count >= this.limits.maxEngines)
      this.#retire(this.#roster.leastRecentlySaved!, 'engines_full');
    const engine = this.#roster.add(cluster, ip);
    this.#runs.include(engine.number);
    return engine;
  }

  /** @returns whether there is room for a block without evicting one that can be found */
  #makeRoom(): boolean {
    return this.#blockCount < this.limits.maxBlocks || this.#clear(1) > 0;
  }

  /** Evicts the least recently used blocks, of all or of one engine. */
  #evict(count: number, cause: EvictionCause, owner?: CachedEngine): void {
    for (let left = count; left > 0; left -= batchSize) {
      for (const block of this.#oldest(Math.min(left, batchSize), owner)) this.#evictOne(block, cause);
    }
  }

  #evictOne(block: number, cause: EvictionCause): void {
    const engine = this.#roster.numbered(this.#blocks.ownerOf(block));
    this.#remove(block, engine);
    engine.cluster.blockCount--;
    this.totals.evictedBlocks[cause]++;
    if (engine.blockCount > 0) return;
    this.#retire(engine, cause);
    this.#roster.forget(engine);
  }

  /** @returns the least recently used blocks, of all or of one engine, which must be removed at once */
  #oldest(count: number, owner?: CachedEngine): number[] {
    const blocks = this.#blocks.oldest(count, owner);
    this.#table.readAhead(blocks.map((block) => this.#blocks.prefixOf(block)));
    return blocks;
  }

  #remove(block: number, engine: CachedEngine): void {
    this.#table.removeHolder(this.#blocks.prefixOf(block), engine.number);
    this.#blocks.remove(block, engine);
    engine.blockCount--;
    this.#blockCount--;
  }

  /** From now on nobody finds it; its blocks are cleared away later, since there may be many. */
  #retire(engine: CachedEngine, cause: EvictionCause): void {
    this.#roster.retire(engine);
    this.#runs.exclude(engine.number);
    this.#retiredBlockCount += engine.blockCount;
    this.totals.evictedBlocks[cause] += engine.blockCount;
  }

  /** Clears away blocks of retired engines. @returns how many: fewer than the limit where no more are left */
  #clear(limit: number): number {
    let cleared = 0;
    while (cleared < limit) {
      const engine = this.#roster.nextRetired();
      if (engine === undefined) break;
      const blocks = this.#oldest(Math.min(limit - cleared, batchSize), engine);
      for (const block of blocks) this.#remove(block, engine);
      this.#retiredBlockCount -= blocks.length;
      cleared += blocks.length;
      if (engine.blockCount === 0) this.#roster.forget(engine);
    }
    return cleared;
  }

  #isExpired(engine: CachedEngine | undefined, nowMs: number): boolean {
    return engine !== undefined && nowMs - engine.savedMs >= this.limits.expiryMs;
  }

  /** Of the engines that have expired, which nobody finds any more, some are retired; the others with the next calls. */
  #expire(nowMs: number): void {
    for (let left = expiriesPerCall; left > 0; left--) {
      const engine = this.#roster.leastRecentlySaved;
      if (engine === undefined || !this.#isExpired(engine, nowMs)) return;
      this.#retire(engine, 'expired');
    }
  }
}
