import { type Slot, chunkOf, chunkSize, noSlot, offsetOf } from './slot.js';

class LinkChunk {
  readonly startedMs = new Float64Array(chunkSize);
  readonly older = new Int32Array(chunkSize);
  readonly younger = new Int32Array(chunkSize);
}

/** The links of all slots. Queues may share them, as long as a slot is in one queue at a time. */
export class AgeLinks {
  readonly #chunks: LinkChunk[] = [];

  /** The chunk that holds a slot's links, made when it is first asked for. */
  of(slot: Slot): LinkChunk {
    const index = chunkOf(slot);
    while (this.#chunks.length <= index) this.#chunks.push(new LinkChunk());
    return this.#chunks[index]!;
  }

  startedMs(slot: Slot): number {
    return this.of(slot).startedMs[offsetOf(slot)]!;
  }
}

interface Bucket {
  oldest: Slot;
  youngest: Slot;
}

/**
 * Slots from the oldest to the youngest: a calendar queue (Brown, "Calendar queues: a fast O(1) priority queue
 * implementation for the simulation event set problem", 1988). Start times fall into buckets; a bucket is a
 * linked list.
 */
export class AgeQueue {
  readonly #buckets = new Map<number, Bucket>();
  /** No bucket before this one has slots. */
  #firstBucket = Number.POSITIVE_INFINITY;
  #size = 0;

  /** @param bucketMs width of a bucket; a queue holds (oldest age ÷ width) buckets at most */
  constructor(
    readonly links: AgeLinks,
    readonly bucketMs: number,
  ) {}

  /** How many slots wait. */
  get size(): number {
    return this.#size;
  }

  /** @returns the slot that started first, or {@link noSlot} */
  oldest(): Slot {
    if (this.#size === 0) return noSlot;
    while (!this.#buckets.has(this.#firstBucket)) this.#firstBucket++;
    return this.#buckets.get(this.#firstBucket)!.oldest;
  }

  /**
   * Adds a slot that is in no queue at its exact place. Constant time for what comes in order, which is nearly
   * everything that begins here; at worst a walk through one bucket.
   */
  insert(slot: Slot, startedMs: number): void {
    const bucket = this.#bucketFor(startedMs);
    let before = bucket.youngest;
    while (before !== noSlot && this.links.startedMs(before) > startedMs) before = this.#olderThan(before);
    this.#insertBehind(bucket, before, slot, startedMs);
  }

  /**
   * Adds a slot that is in no queue at the end of its bucket, always in constant time. The order then holds
   * between buckets only: a slot may come out later than one that is younger by up to a bucket's width.
   */
  append(slot: Slot, startedMs: number): void {
    const bucket = this.#bucketFor(startedMs);
    this.#insertBehind(bucket, bucket.youngest, slot, startedMs);
  }

  /** Takes out a slot that is in this queue. */
  remove(slot: Slot): void {
    const index = this.#indexOf(this.links.startedMs(slot));
    const bucket = this.#buckets.get(index)!;
    this.#link(bucket, this.#olderThan(slot), this.#youngerThan(slot));
    if (bucket.oldest === noSlot) this.#buckets.delete(index);
    this.#size--;
  }

  #insertBehind(bucket: Bucket, before: Slot, slot: Slot, startedMs: number): void {
    const after = before === noSlot ? bucket.oldest : this.#youngerThan(before);
    this.links.of(slot).startedMs[offsetOf(slot)] = startedMs;
    this.#link(bucket, before, slot);
    this.#link(bucket, slot, after);
    this.#size++;
  }

  #bucketFor(startedMs: number): Bucket {
    const index = this.#indexOf(startedMs);
    if (this.#size === 0 || index < this.#firstBucket) this.#firstBucket = index;
    let bucket = this.#buckets.get(index);
    if (bucket === undefined) {
      bucket = { oldest: noSlot, youngest: noSlot };
      this.#buckets.set(index, bucket);
    }
    return bucket;
  }

  /** Makes two slots neighbours; `noSlot` stands for the bucket's end on that side. */
  #link(bucket: Bucket, older: Slot, younger: Slot): void {
    if (older === noSlot) bucket.oldest = younger;
    else this.links.of(older).younger[offsetOf(older)] = younger;
    if (younger === noSlot) bucket.youngest = older;
    else this.links.of(younger).older[offsetOf(younger)] = older;
  }

  #olderThan(slot: Slot): Slot {
    return this.links.of(slot).older[offsetOf(slot)]!;
  }

  #youngerThan(slot: Slot): Slot {
    return this.links.of(slot).younger[offsetOf(slot)]!;
  }

  #indexOf(startedMs: number): number {
    return Math.floor(startedMs / this.bucketMs);
  }
}
