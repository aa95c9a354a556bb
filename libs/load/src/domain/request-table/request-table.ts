import type { EngineDirectory } from '../engine-directory.js';
import type { EngineStats } from '../engine-stats.js';
import { type Life, type RequestRecord, packedRecord } from '../inference-request.js';
import { hashLife } from '../life-hash.js';
import { AgeLinks, AgeQueue } from './age-queue.js';
import type { RequestKey } from './request-key.js';
import { SlotIndex } from './slot-index.js';
import { type Slot, chunkOf, chunkSize, offsetOf } from './slot.js';

const isReleased = 1;
const isRemoved = 2;
const hasRecord = 4;
/** The life counts: its engine and its prompt's length are kept. */
const isLive = 8;
/** The slot stands for an id that is known. */
const isKnown = 16;

class LifeChunk {
  readonly flags = new Uint8Array(chunkSize);
  readonly generation = new Uint32Array(chunkSize);
  readonly timestampNs = new BigInt64Array(chunkSize);
  /** The number of the engine that counts the life. */
  readonly engine = new Uint32Array(chunkSize);
  readonly promptLength = new Int32Array(chunkSize);
  /** When what is known last changed: the low 32 bits of the time in ms, which lives are far too short to wrap. */
  readonly changedMs = new Uint32Array(chunkSize);
  /** 64 bits of hash over the key and what is known, two words a slot; both 0 until they are asked for. */
  readonly hash = new Uint32Array(2 * chunkSize);
}

/**
 * Everything known of request ids, 65 bytes each with its key, age, hash and links: no object stays behind for the
 * garbage collector to trace. A life that counts keeps its engine's number, and the engine has the names; a tombstone
 * (an ended life or a marker) keeps of its record the timestamp alone.
 *
 * Both kinds wait in the order of their age, so that collecting costs what is collected.
 */
export class RequestTable {
  readonly #index = new SlotIndex();
  readonly #chunks: LifeChunk[] = [];
  readonly #links = new AgeLinks();
  readonly #live: AgeQueue;
  readonly #tombstones: AgeQueue;

  /**
   * @param engines that count the lives of this table; each must be known for as long as it counts one
   * @param bucketMs width of the age queues' buckets
   */
  constructor(
    private readonly engines: EngineDirectory,
    bucketMs: number,
  ) {
    this.#live = new AgeQueue(this.#links, bucketMs);
    this.#tombstones = new AgeQueue(this.#links, bucketMs);
  }

  get liveCount(): number {
    return this.#live.size;
  }

  get tombstoneCount(): number {
    return this.#tombstones.size;
  }

  /** @returns the slot of the oldest live life, or `noSlot` */
  oldestLive(): Slot {
    return this.#live.oldest();
  }

  /** @returns the slot of the oldest tombstone, or `noSlot` */
  oldestTombstone(): Slot {
    return this.#tombstones.oldest();
  }

  /** @returns the slot of an id, or `noSlot` where nothing is known of it */
  find(key: RequestKey): Slot {
    return this.#index.find(key);
  }

  /** What is known, as an object made for whoever asks. */
  lifeAt(slot: Slot): Life {
    const chunk = this.#chunks[chunkOf(slot)]!;
    const at = offsetOf(slot);
    const flags = chunk.flags[at]!;
    return {
      generation: chunk.generation[at]!,
      record: (flags & hasRecord) === 0 ? undefined : this.#recordAt(chunk, at),
      released: (flags & isReleased) !== 0,
      removed: (flags & isRemoved) !== 0,
      startedMs: this.#links.startedMs(slot),
    };
  }

  startedMsAt(slot: Slot): number {
    return this.#links.startedMs(slot);
  }

  isLiveAt(slot: Slot): boolean {
    return (this.#chunks[chunkOf(slot)]!.flags[offsetOf(slot)]! & isLive) !== 0;
  }

  /** The engine that counts the life of a slot that is live. */
  engineAt(slot: Slot): EngineStats {
    return this.engines.at(this.#chunks[chunkOf(slot)]!.engine[offsetOf(slot)]!);
  }

  /** Slots 0 to this, exclusively, may stand for ids that are known. */
  get slotsMade(): number {
    return this.#index.slotsMade;
  }

  isKnownAt(slot: Slot): boolean {
    return (this.#chunks[chunkOf(slot)]!.flags[offsetOf(slot)]! & isKnown) !== 0;
  }

  keyAt(slot: Slot): RequestKey {
    return this.#index.keyAt(slot);
  }

  /** How long what is known has been as it is. */
  unchangedForMs(slot: Slot, nowMs: number): number {
    return (nowMs - this.#chunks[chunkOf(slot)]!.changedMs[offsetOf(slot)]!) >>> 0;
  }

  /** Whether what is known was as it is at that time already. */
  isUnchangedSince(slot: Slot, timeMs: number): boolean {
    return ((timeMs - this.#chunks[chunkOf(slot)]!.changedMs[offsetOf(slot)]!) | 0) >= 0;
  }

  /**
   * What is known has changed.
   *
   * @param changedMs when that became known anywhere; earlier than another change, where that came faster
   */
  touch(slot: Slot, changedMs: number): void {
    const chunk = this.#chunks[chunkOf(slot)]!;
    const at = offsetOf(slot);
    if (this.isUnchangedSince(slot, changedMs)) chunk.changedMs[at] = changedMs;
    forgetHash(chunk, at);
  }

  /** Hands 64 bits of hash over the key and what is known to `add`; made at the first call after a change. */
  hashAt(slot: Slot, add: (key: RequestKey, high: number, low: number) => void): void {
    const { hash } = this.#chunks[chunkOf(slot)]!;
    const at = 2 * offsetOf(slot);
    const key = this.#index.keyAt(slot);
    if (hash[at] === 0 && hash[at + 1] === 0) [hash[at], hash[at + 1]] = hashLife(key, this.lifeAt(slot));
    add(key, hash[at]!, hash[at + 1]!);
  }

  /**
   * Begins to know an id.
   *
   * @param engine that counts the life; undefined for a tombstone
   */
  insert(key: RequestKey, life: Life, engine: EngineStats | undefined, changedMs: number): void {
    const slot = this.#index.insert(key);
    if (chunkOf(slot) === this.#chunks.length) this.#chunks.push(new LifeChunk());
    const chunk = this.#chunks[chunkOf(slot)]!;
    chunk.changedMs[offsetOf(slot)] = changedMs;
    forgetHash(chunk, offsetOf(slot));
    this.#store(slot, life, engine);
    this.#queueAt(slot).add(slot, life.startedMs);
  }

  /**
   * Puts another life into a slot; where more than its age is another, it must be touched, too.
   *
   * @param engine that counts it; undefined for a tombstone
   */
  replace(slot: Slot, life: Life, engine: EngineStats | undefined): void {
    const before = this.#queueAt(slot);
    this.#store(slot, life, engine);
    const after = this.#queueAt(slot);
    if (before === after && this.startedMsAt(slot) === life.startedMs) return;
    before.remove(slot);
    after.add(slot, life.startedMs);
  }

  /** Forgets an id. */
  delete(slot: Slot): void {
    this.#queueAt(slot).remove(slot);
    this.#chunks[chunkOf(slot)]!.flags[offsetOf(slot)] = 0;
    this.#index.delete(slot);
  }

  #store(slot: Slot, life: Life, engine: EngineStats | undefined): void {
    const chunk = this.#chunks[chunkOf(slot)]!;
    const at = offsetOf(slot);
    const { record } = life;
    chunk.flags[at] =
      isKnown |
      (life.released ? isReleased : 0) |
      (life.removed ? isRemoved : 0) |
      (record === undefined ? 0 : hasRecord) |
      (engine === undefined ? 0 : isLive);
    chunk.generation[at] = life.generation;
    chunk.timestampNs[at] = record?.timestampNs ?? 0n;
    if (engine === undefined) return;
    chunk.engine[at] = engine.number;
    chunk.promptLength[at] = record!.promptLength;
  }

  #recordAt(chunk: LifeChunk, at: number): RequestRecord {
    const timestampNs = chunk.timestampNs[at]!;
    if ((chunk.flags[at]! & isLive) === 0) return packedRecord(timestampNs);
    const { cluster, ip } = this.engines.at(chunk.engine[at]!);
    return { timestampNs, cluster, ip, promptLength: chunk.promptLength[at]! };
  }

  #queueAt(slot: Slot): AgeQueue {
    return this.isLiveAt(slot) ? this.#live : this.#tombstones;
  }
}

function forgetHash({ hash }: LifeChunk, at: number): void {
  hash[2 * at] = 0;
  hash[2 * at + 1] = 0;
}
