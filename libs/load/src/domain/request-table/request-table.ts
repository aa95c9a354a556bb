import { AgeLinks, AgeQueue } from './age-queue.js';
import { DenseList } from './dense-list.js';
import { type Life, packedRecord } from '../inference-request.js';
import { hashLife } from '../life-hash.js';
import type { RequestKey } from './request-key.js';
import { SlotIndex } from './slot-index.js';
import { type Slot, chunkOf, chunkSize, offsetOf } from './slot.js';

const isReleased = 1;
const isRemoved = 2;
const hasRecord = 4;
/** The life counts: it lies whole in the list of live ones. */
const isWhole = 8;
/** The slot stands for an id that is known. */
const isKnown = 16;

class LifeChunk {
  readonly flags = new Uint8Array(chunkSize);
  /** The generation; of a whole life, its number in the list instead. */
  readonly generation = new Uint32Array(chunkSize);
  readonly timestampNs = new BigInt64Array(chunkSize);
  /** When what is known last changed: the low 32 bits of the time in ms, which lives are far too short to wrap. */
  readonly changedMs = new Uint32Array(chunkSize);
  /** 64 bits of hash over the key and what is known, two words a slot; both 0 until they are asked for. */
  readonly hash = new Uint32Array(2 * chunkSize);
}

/**
 * Everything known of request ids. A life that counts is held whole; a tombstone (an ended life or a marker)
 * is packed into its slot, 57 bytes with its key, age, hash and links.
 *
 * Both kinds wait in the order of their age, so that collecting costs what is collected.
 */
export class RequestTable {
  readonly #index = new SlotIndex();
  readonly #chunks: LifeChunk[] = [];
  readonly #whole = new DenseList<Life>();
  readonly #links = new AgeLinks();
  readonly #live: AgeQueue;
  readonly #tombstones: AgeQueue;

  /** @param bucketMs width of the age queues' buckets */
  constructor(bucketMs: number) {
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

  lifeAt(slot: Slot): Life {
    const chunk = this.#chunks[chunkOf(slot)]!;
    const at = offsetOf(slot);
    const flags = chunk.flags[at]!;
    if ((flags & isWhole) !== 0) return this.#whole.get(chunk.generation[at]!);
    return {
      generation: chunk.generation[at]!,
      record: (flags & hasRecord) === 0 ? undefined : packedRecord(chunk.timestampNs[at]!),
      released: (flags & isReleased) !== 0,
      removed: (flags & isRemoved) !== 0,
      startedMs: this.#links.startedMs(slot),
    };
  }

  startedMsAt(slot: Slot): number {
    return this.#links.startedMs(slot);
  }

  isLiveAt(slot: Slot): boolean {
    return (this.#chunks[chunkOf(slot)]!.flags[offsetOf(slot)]! & isWhole) !== 0;
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

  /** Begins to know an id. */
  insert(key: RequestKey, life: Life, isLive: boolean, changedMs: number): void {
    const slot = this.#index.insert(key);
    if (chunkOf(slot) === this.#chunks.length) this.#chunks.push(new LifeChunk());
    const chunk = this.#chunks[chunkOf(slot)]!;
    chunk.changedMs[offsetOf(slot)] = changedMs;
    forgetHash(chunk, offsetOf(slot));
    if (isLive) this.#storeWhole(slot, life);
    else this.#pack(slot, life);
  }

  /** Puts another life into a slot. */
  replace(slot: Slot, life: Life, isLive: boolean): void {
    if (isLive && this.isLiveAt(slot) && this.startedMsAt(slot) === life.startedMs) {
      this.#whole.set(this.#chunks[chunkOf(slot)]!.generation[offsetOf(slot)]!, life);
      return;
    }
    this.#vacate(slot);
    if (isLive) this.#storeWhole(slot, life);
    else this.#pack(slot, life);
  }

  /** Forgets an id. */
  delete(slot: Slot): void {
    this.#vacate(slot);
    this.#chunks[chunkOf(slot)]!.flags[offsetOf(slot)] = 0;
    this.#index.delete(slot);
  }

  #storeWhole(slot: Slot, life: Life): void {
    const chunk = this.#chunks[chunkOf(slot)]!;
    const at = offsetOf(slot);
    chunk.flags[at] = isKnown | isWhole;
    chunk.generation[at] = this.#whole.add(life);
    this.#live.add(slot, life.startedMs);
  }

  #pack(slot: Slot, life: Life): void {
    const chunk = this.#chunks[chunkOf(slot)]!;
    const at = offsetOf(slot);
    chunk.flags[at] =
      isKnown |
      (life.released ? isReleased : 0) |
      (life.removed ? isRemoved : 0) |
      (life.record === undefined ? 0 : hasRecord);
    chunk.generation[at] = life.generation;
    chunk.timestampNs[at] = life.record?.timestampNs ?? 0n;
    this.#tombstones.add(slot, life.startedMs);
  }

  #vacate(slot: Slot): void {
    if (!this.isLiveAt(slot)) {
      this.#tombstones.remove(slot);
      return;
    }
    this.#live.remove(slot);
    this.#whole.delete(this.#chunks[chunkOf(slot)]!.generation[offsetOf(slot)]!);
  }
}

function forgetHash({ hash }: LifeChunk, at: number): void {
  hash[2 * at] = 0;
  hash[2 * at + 1] = 0;
}
