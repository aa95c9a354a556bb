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
  first: Slot;
  last: Slot;
  /** From the oldest to the youngest. */
  isSorted: boolean;
}

/**
 * Slots from the oldest to the youngest: a calendar queue (Brown, "Calendar queues: a fast O(1) priority queue
 * implementation for the simulation event set problem", 1988). Start times fall into buckets, each a linked
 * list; a bucket is sorted when it becomes the oldest, and not before. So a slot is added and removed in
 * constant time in whatever order slots come, as they do when another replica sends its table.
 */
export class AgeQueue {
  readonly #links: AgeLinks;
  readonly #bucketMs: number;
  readonly #buckets = new Map<number, Bucket>();
  /** No bucket before this one has slots. */
  #firstBucket = 0;
  #size = 0;

  /** @param bucketMs width of a bucket: the fewer slots share one, the less there is to sort at once */
  constructor(links: AgeLinks, bucketMs: number) {
    this.#links = links;
    this.#bucketMs = bucketMs;
  }

  /** How many slots wait. */
  get size(): number {
    return this.#size;
  }

  /** @returns the slot that started first, or {@link noSlot} */
  oldest(): Slot {
    if (this.#size === 0) return noSlot;
    const bucket = this.#oldestBucket();
    if (!bucket.isSorted) this.#sort(bucket);
    return bucket.first;
  }

  /** Adds a slot that is in no queue. */
  add(slot: Slot, startedMs: number): void {
    const bucket = this.#bucketFor(startedMs);
    if (bucket.last !== noSlot && this.#links.startedMs(bucket.last) > startedMs) bucket.isSorted = false;
    this.#links.of(slot).startedMs[offsetOf(slot)] = startedMs;
    this.#link(bucket, bucket.last, slot);
    this.#link(bucket, slot, noSlot);
    this.#size++;
  }

  /** Takes out a slot that is in this queue. */
  remove(slot: Slot): void {
    const index = this.#indexOf(this.#links.startedMs(slot));
    const bucket = this.#buckets.get(index)!;
    const links = this.#links.of(slot);
    this.#link(bucket, links.older[offsetOf(slot)]!, links.younger[offsetOf(slot)]!);
    if (bucket.first === noSlot) this.#buckets.delete(index);
    this.#size--;
  }

  #bucketFor(startedMs: number): Bucket {
    const index = this.#indexOf(startedMs);
    if (this.#size === 0 || index < this.#firstBucket) this.#firstBucket = index;
    let bucket = this.#buckets.get(index);
    if (bucket === undefined) {
      bucket = { first: noSlot, last: noSlot, isSorted: true };
      this.#buckets.set(index, bucket);
    }
    return bucket;
  }

  #oldestBucket(): Bucket {
    for (let steps = 0; steps <= this.#buckets.size; steps++) {
      const bucket = this.#buckets.get(this.#firstBucket);
      if (bucket !== undefined) return bucket;
      this.#firstBucket++;
    }
    // A gap wider than the number of buckets: looking at each of them is shorter than walking on.
    let first = Number.POSITIVE_INFINITY;
    for (const index of this.#buckets.keys()) first = Math.min(first, index);
    this.#firstBucket = first;
    return this.#buckets.get(first)!;
  }

  #sort(bucket: Bucket): void {
    const slots: Slot[] = [];
    for (let slot = bucket.first; slot !== noSlot; slot = this.#links.of(slot).younger[offsetOf(slot)]!) {
      slots.push(slot);
    }
    slots.sort((a, b) => this.#links.startedMs(a) - this.#links.startedMs(b));
    let older = noSlot;
    for (const slot of slots) {
      this.#link(bucket, older, slot);
      older = slot;
    }
    this.#link(bucket, older, noSlot);
    bucket.isSorted = true;
  }

  /** Makes two slots neighbours; `noSlot` stands for the bucket's end on that side. */
  #link(bucket: Bucket, older: Slot, younger: Slot): void {
    if (older === noSlot) bucket.first = younger;
    else this.#links.of(older).younger[offsetOf(older)] = younger;
    if (younger === noSlot) bucket.last = older;
    else this.#links.of(younger).older[offsetOf(younger)] = older;
  }

  #indexOf(startedMs: number): number {
    return Math.floor(startedMs / this.#bucketMs);
  }
}
