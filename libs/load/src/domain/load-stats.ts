import { EngineDirectory } from './engine-directory.js';
import type { EngineLoad, EngineStats } from './engine-stats.js';
import type { GcPolicy } from './gc-policy.js';
import { IdleEngines } from './idle-engines.js';
import {
  type Life,
  type RequestRecord,
  isLive,
  isPossibleLife,
  isPossibleRecord,
  isSameContribution,
  isSameKnowledge,
  mergeLives,
  recordLife,
  releaseLife,
  removeLife,
} from './inference-request.js';
import { KnownLives } from './known-lives.js';
import type { LoadLimits, ReachedLimit } from './load-limits.js';
import type { ModelLoad, ModelStats } from './model-stats.js';
import type { Moment } from './moment.js';
import { type RequestKey, requestKeyOf } from './request-table/request-key.js';
import { RequestTable } from './request-table/request-table.js';
import { type Slot, noSlot } from './request-table/slot.js';

/** Buckets of the age queues over the longest time that an id is known. */
const ageBuckets = 8_192;

/** What has happened since the start, for metrics. */
export interface LoadTotals {
  readonly expired: number;
  /** Tombstones that were forgotten before their time, since there was no room. */
  readonly evictedTombstones: number;
  /** Records that a limit refused. */
  readonly refused: Readonly<Record<ReachedLimit, number>>;
}

/**
 * The load of all engines of all clusters (the aggregate root of this context).
 *
 * The request table is the truth; counts follow from it. Where a life begins to be live in the table its engine
 * counts it, and where it ceases to be, its engine subtracts the very same; so counts can neither drift nor
 * become negative.
 */
export class LoadStats {
  readonly #engines = new EngineDirectory();
  readonly #requests: RequestTable;
  readonly #idle = new IdleEngines();
  /** Everything known, for other replicas. */
  readonly known: KnownLives;
  #expired = 0;
  #evictedTombstones = 0;
  /** Of the youngest tombstone that was forgotten before its time. */
  #evictedStartMs = Number.NEGATIVE_INFINITY;
  readonly #refused = { 'requests-full': 0, 'engines-full': 0, 'clusters-full': 0 };

  constructor(
    readonly policy: GcPolicy,
    readonly limits: LoadLimits,
  ) {
    this.#requests = new RequestTable(this.#engines, Math.max(1, policy.forgetMs / ageBuckets));
    this.known = new KnownLives(this.#requests);
  }

  /**
   * A client sends a request to an engine.
   *
   * @returns the life that follows; or `repeated`, `conflict` or the limit that was reached, and nothing changed
   * @throws RangeError for a record that can't be kept; whoever reads it from a client must have refused it
   */
  record(
    requestId: string,
    record: RequestRecord,
    now: Moment,
  ): Life | 'repeated' | 'conflict' | ReachedLimit {
    if (!isPossibleRecord(record))
      throw new RangeError('prompt length or timestamp of a record is out of range');
    this.#makeRoom(now);
    const key = requestKeyOf(requestId);
    const slot = this.#find(key, now);
    const known = this.#lifeAt(slot);
    const next = recordLife(known, record, now.monotonicMs, this.policy);
    if (typeof next === 'string') return next;
    if (isLive(next, now.monotonicMs, this.policy)) {
      const reached = this.#limitFor(record);
      if (reached !== undefined) {
        this.#refused[reached]++;
        return reached;
      }
    }
    this.#settle(key, slot, known, next, now, now.monotonicMs);
    return next;
  }

  /**
   * A client has seen the request's first token.
   *
   * @returns the life that follows; or `repeated` or `ended`, and nothing changed
   */
  release(requestId: string, now: Moment): Life | 'repeated' | 'ended' {
    const key = requestKeyOf(requestId);
    const slot = this.#find(key, now);
    const known = this.#lifeAt(slot);
    const next = releaseLife(known, now.monotonicMs, this.policy);
    if (typeof next !== 'string') this.#settle(key, slot, known, next, now, now.monotonicMs);
    return next;
  }

  /**
   * A client has seen the end of the request.
   *
   * @returns the life that follows; or `ended`, and nothing changed
   */
  remove(requestId: string, now: Moment): Life | 'ended' {
    const key = requestKeyOf(requestId);
    const slot = this.#find(key, now);
    const known = this.#lifeAt(slot);
    const next = removeLife(known, now.monotonicMs, this.policy);
    if (typeof next !== 'string') this.#settle(key, slot, known, next, now, now.monotonicMs);
    return next;
  }

  /**
   * Takes in what another replica knows; the only way in for batches, snapshots and repair.
   *
   * @param life with `startedMs` in this process's clock: now minus the age that was sent
   * @param changedMs when the life last changed anywhere, in the same clock
   * @returns whether anything but an age was new
   * @throws RangeError for a life that no replica can have: its sender checks nothing, so its reader must
   */
  merge(key: RequestKey, life: Life, now: Moment, changedMs = now.monotonicMs): boolean {
    const { monotonicMs } = now;
    if (!isPossibleLife(life, monotonicMs))
      throw new RangeError('generation, age or record of a life is out of range');
    const slot = this.#find(key, now);
    const known = this.#lifeAt(slot);
    const next = known === undefined ? life : mergeLives(known, life);
    if (this.policy.isForgotten(next.startedMs, monotonicMs)) {
      if (slot !== noSlot) this.#forget(slot, now);
      return false;
    }
    if (known !== undefined && next.startedMs === known.startedMs && isSameKnowledge(known, next))
      return false;
    const isNews = known === undefined || !isSameKnowledge(known, next);
    this.#settle(key, slot, known, next, now, isNews ? changedMs : undefined);
    return isNews;
  }

  /**
   * Collects what is due: first requests that expire, then ids to forget, then idle engines and with their last
   * engine their clusters, each kind from the oldest on. Costs what it collects.
   *
   * @param limit how many things to collect at most
   * @returns whether the limit was met, so that more may be due
   */
  collect(now: Moment, limit: number): boolean {
    let left = limit;
    while (left > 0 && (this.#expireOne(now) || this.#forgetOne(now) || this.#deleteOneIdle(now))) left--;
    return left === 0;
  }

  /** The age up to which everything is known that ever was: the expiry, unless tombstones had to go before it. */
  horizonMs(now: Moment): number {
    return Math.min(this.policy.expiryMs, Math.max(0, now.monotonicMs - this.#evictedStartMs));
  }

  /** The engines of a cluster; none where the cluster is unknown. Valid until the next change. */
  enginesOf(cluster: string): Iterable<EngineLoad> {
    return this.model(cluster)?.engines() ?? [];
  }

  /** A cluster, if it is known: the same object for as long as it is. */
  model(cluster: string): ModelLoad | undefined {
    return this.#engines.model(cluster);
  }

  /** The clusters with their engines, in the order of their first request. */
  models(): IterableIterator<ModelStats> {
    return this.#engines.models();
  }

  get clusterCount(): number {
    return this.#engines.clusterCount;
  }

  get engineCount(): number {
    return this.#engines.engineCount;
  }

  get liveCount(): number {
    return this.#requests.liveCount;
  }

  get tombstoneCount(): number {
    return this.#requests.tombstoneCount;
  }

  get totals(): LoadTotals {
    return { expired: this.#expired, evictedTombstones: this.#evictedTombstones, refused: this.#refused };
  }

  /** @returns the slot of an id, unless it is due to be forgotten */
  #find(key: RequestKey, now: Moment): Slot {
    const slot = this.#requests.find(key);
    if (slot === noSlot) return noSlot;
    if (!this.policy.isForgotten(this.#requests.startedMsAt(slot), now.monotonicMs)) return slot;
    this.#forget(slot, now);
    return noSlot;
  }

  #lifeAt(slot: Slot): Life | undefined {
    return slot === noSlot ? undefined : this.#requests.lifeAt(slot);
  }

  /**
   * Replaces what is known of an id, and moves the counts along.
   *
   * @param known what the slot holds
   * @param changedMs when that became known anywhere; undefined where nothing but an age is new
   */
  #settle(
    key: RequestKey,
    slot: Slot,
    known: Life | undefined,
    next: Life,
    now: Moment,
    changedMs: number | undefined,
  ): void {
    const before = known !== undefined && this.#requests.isLiveAt(slot) ? known : undefined;
    const engineBefore = before && this.#requests.engineAt(slot);
    let engine: EngineStats | undefined;
    if (isLive(next, now.monotonicMs, this.policy)) {
      // A client's release hands on the very record: its engine need not be looked for.
      engine = next.record === before?.record ? engineBefore! : this.#engines.engineFor(next.record!);
    }
    if (before === undefined || engine === undefined || !isSameContribution(before, next)) {
      // The new life first: an engine that keeps its only request is then not idle in between.
      if (engine !== undefined) this.#startCounting(engine, next, now);
      if (engineBefore !== undefined) this.#stopCounting(engineBefore, before!, now);
    }
    if (
      before !== undefined &&
      this.policy.isExpired(Math.min(before.startedMs, next.startedMs), now.monotonicMs)
    ) {
      this.#expired++;
    }
    if (slot === noSlot) this.#requests.insert(key, next, engine, changedMs ?? now.monotonicMs);
    else {
      this.#requests.replace(slot, next, engine);
      if (changedMs !== undefined) this.#requests.touch(slot, changedMs);
    }
    if (engine === undefined) this.#boundTombstones(now);
  }

  #forget(slot: Slot, now: Moment): void {
    if (this.#requests.isLiveAt(slot)) {
      this.#stopCounting(this.#requests.engineAt(slot), this.#requests.lifeAt(slot), now);
      this.#expired++;
    }
    this.#requests.delete(slot);
  }

  #startCounting(engine: EngineStats, life: Life, now: Moment): void {
    engine.add(life.record!, life.released, now.unixUs);
    this.#idle.delete(engine);
  }

  #stopCounting(engine: EngineStats, life: Life, now: Moment): void {
    engine.subtract(life.record!, life.released, now.unixUs);
    if (engine.queuedCount === 0) this.#idle.add(engine, now.monotonicMs);
  }

  /** What is overdue must not be the reason to refuse a record. */
  #makeRoom(now: Moment): void {
    if (this.liveCount >= this.limits.maxRequests) this.#expireOne(now);
    if (this.#areEnginesFull()) this.#deleteOneIdle(now);
  }

  /** Whether there is no room for some cluster or engine that is not known yet. */
  #areEnginesFull(): boolean {
    return this.engineCount >= this.limits.maxEngines || this.clusterCount >= this.limits.maxClusters;
  }

  #limitFor(record: RequestRecord): ReachedLimit | undefined {
    if (this.liveCount >= this.limits.maxRequests) return 'requests-full';
    // Nearly always; then nobody need be looked for.
    if (!this.#areEnginesFull()) return undefined;
    const model = this.#engines.model(record.cluster);
    if (model === undefined && this.clusterCount >= this.limits.maxClusters) return 'clusters-full';
    const isNewEngine = model?.engine(record.ip) === undefined;
    return isNewEngine && this.engineCount >= this.limits.maxEngines ? 'engines-full' : undefined;
  }

  #boundTombstones(now: Moment): void {
    if (this.tombstoneCount <= this.limits.maxTombstones) return;
    const oldest = this.#requests.oldestTombstone();
    this.#evictedStartMs = Math.max(this.#evictedStartMs, this.#requests.startedMsAt(oldest));
    this.#forget(oldest, now);
    this.#evictedTombstones++;
  }

  #expireOne(now: Moment): boolean {
    const slot = this.#requests.oldestLive();
    if (slot === noSlot || !this.policy.isExpired(this.#requests.startedMsAt(slot), now.monotonicMs))
      return false;
    const life = this.#requests.lifeAt(slot);
    this.#stopCounting(this.#requests.engineAt(slot), life, now);
    this.#requests.replace(slot, life, undefined);
    this.#expired++;
    this.#boundTombstones(now);
    return true;
  }

  #forgetOne(now: Moment): boolean {
    const slot = this.#requests.oldestTombstone();
    if (slot === noSlot || !this.policy.isForgotten(this.#requests.startedMsAt(slot), now.monotonicMs))
      return false;
    this.#forget(slot, now);
    return true;
  }

  #deleteOneIdle(now: Moment): boolean {
    const idle = this.#idle.longestIdle();
    if (idle === undefined || !this.policy.isExpired(idle.sinceMs, now.monotonicMs)) return false;
    this.#idle.delete(idle.engine);
    this.#engines.delete(idle.engine);
    return true;
  }
}
