import { AgeLinks, AgeQueue } from './age-queue.js';
import { type Life, endedRecord } from './inference-request.js';
import type { RequestKey } from './request-key.js';
import { SlotIndex } from './slot-index.js';
import { type Slot, chunkOf, chunkSize, offsetOf } from './slot.js';

const isReleased = 1;
const isRemoved = 2;
const hasRecord = 4;

class LifeChunk {
  /** The lives that count, as they are. */
  readonly live: (Life | undefined)[] = Array.from<Life | undefined>({ length: chunkSize }).fill(undefined);
  /** What is kept of the others. */
  readonly generation = new Uint32Array(chunkSize);
  readonly timestampNs = new BigInt64Array(chunkSize);
  readonly flags = new Uint8Array(chunkSize);
}

/**
 * Everything known of request ids. A life that counts is held whole; a tombstone (an ended life or a marker)
 * is packed into its slot, 45 bytes with its key, age and links.
 *
 * Both kinds wait in the order of their age, so that collecting costs what is collected.
 */
export class RequestTable {
  readonly #index = new SlotIndex();
  readonly #chunks: LifeChunk[] = [];
  readonly #links = new AgeLinks();
  /** In exact order, since counts are due to the moment. */
  readonly #live: AgeQueue;
  /** In the order of buckets: a request that ends may have begun at any time before. */
  readonly #tombstones: AgeQueue;

  /** @param bucketMs width of the age queues' buckets, a few hundredths of the oldest age */
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

  /** @returns the slot of the oldest live life, or {@link noSlot} */
  oldestLive(): Slot {
    return this.#live.oldest();
  }

  /** @returns the slot of the oldest tombstone, give or take the width of a bucket, or {@link noSlot} */
  oldestTombstone(): Slot {
    return this.#tombstones.oldest();
  }

  /** @returns the slot of an id, or {@link noSlot} where nothing is known of it */
  find(key: RequestKey): Slot {
    return this.#index.find(key);
  }

  lifeAt(slot: Slot): Life {
    const chunk = this.#chunks[chunkOf(slot)]!;
    const at = offsetOf(slot);
    const live = chunk.live[at];
    if (live !== undefined) return live;
    const flags = chunk.flags[at]!;
    return {
      generation: chunk.generation[at]!,
      record: (flags & hasRecord) === 0 ? undefined : endedRecord(chunk.timestampNs[at]!),
      released: (flags & isReleased) !== 0,
      removed: (flags & isRemoved) !== 0,
      startedMs: this.#links.startedMs(slot),
    };
  }

  startedMsAt(slot: Slot): number {
    return this.#links.startedMs(slot);
  }

  isLiveAt(slot: Slot): boolean {
    return this.#liveAt(slot) !== undefined;
  }

  /** Begins to know an id. */
  insert(key: RequestKey, life: Life, isLive: boolean): void {
    const slot = this.#index.insert(key);
    if (chunkOf(slot) === this.#chunks.length) this.#chunks.push(new LifeChunk());
    this.#store(slot, life, isLive);
    this.#enqueue(slot, life.startedMs, isLive);
  }

  /** Puts another life into a slot. */
  replace(slot: Slot, life: Life, isLive: boolean): void {
    const wasLive = this.#liveAt(slot) !== undefined;
    if (wasLive === isLive && this.#links.startedMs(slot) === life.startedMs) {
      this.#store(slot, life, isLive);
      return;
    }
    this.#dequeue(slot);
    this.#store(slot, life, isLive);
    this.#enqueue(slot, life.startedMs, isLive);
  }

  /** Forgets an id. */
  delete(slot: Slot): void {
    this.#dequeue(slot);
    this.#chunks[chunkOf(slot)]!.live[offsetOf(slot)] = undefined;
    this.#index.delete(slot);
  }

  #store(slot: Slot, life: Life, isLive: boolean): void {
    const chunk = this.#chunks[chunkOf(slot)]!;
    const at = offsetOf(slot);
    chunk.live[at] = isLive ? life : undefined;
    if (isLive) return;
    chunk.generation[at] = life.generation;
    chunk.timestampNs[at] = life.record?.timestampNs ?? 0n;
    chunk.flags[at] =
      (life.released ? isReleased : 0) |
      (life.removed ? isRemoved : 0) |
      (life.record === undefined ? 0 : hasRecord);
  }

  #enqueue(slot: Slot, startedMs: number, isLive: boolean): void {
    if (isLive) this.#live.insert(slot, startedMs);
    else this.#tombstones.append(slot, startedMs);
  }

  #dequeue(slot: Slot): void {
    if (this.#liveAt(slot) === undefined) this.#tombstones.remove(slot);
    else this.#live.remove(slot);
  }

  #liveAt(slot: Slot): Life | undefined {
    return this.#chunks[chunkOf(slot)]!.live[offsetOf(slot)];
  }
}
