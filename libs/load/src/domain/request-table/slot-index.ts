import type { RequestKey } from './request-key.js';
import { type Slot, chunkOf, chunkSize, noSlot, offsetOf } from './slot.js';

class IndexChunk {
  readonly high = new Int32Array(chunkSize);
  readonly low = new Int32Array(chunkSize);
  /** The next slot of the same bucket, or of the free list. */
  readonly next = new Int32Array(chunkSize);
}

/**
 * Finds the slot of a key: a hash table that grows by one bucket per insertion (linear hashing: Litwin,
 * "Linear hashing: a new tool for file and table addressing", 1980), so that no insertion ever pays for a
 * rehash of the whole.
 *
 * Buckets 0…`#split`-1 and their images above `#mask` are already divided; the others still hold both halves.
 */
export class SlotIndex {
  readonly #chunks: IndexChunk[] = [];
  readonly #heads: Int32Array[] = [filledChunk()];
  #mask = chunkSize - 1;
  #split = 0;
  #size = 0;
  #firstFree: Slot = noSlot;
  #slotsMade = 0;

  /** How many keys have a slot. */
  get size(): number {
    return this.#size;
  }

  /** @returns the key's slot, or {@link noSlot} */
  find(key: RequestKey): Slot {
    let slot = this.#head(this.#bucketOf(key.low));
    while (slot !== noSlot) {
      const chunk = this.#chunkOf(slot);
      const at = offsetOf(slot);
      if (chunk.low[at] === key.low && chunk.high[at] === key.high) return slot;
      slot = chunk.next[at]!;
    }
    return noSlot;
  }

  /** Slots 0 to this, exclusively, are or were in use. */
  get slotsMade(): number {
    return this.#slotsMade;
  }

  /** The key that the slot stands for, or last stood for. */
  keyAt(slot: Slot): RequestKey {
    const chunk = this.#chunkOf(slot);
    const at = offsetOf(slot);
    return { high: chunk.high[at]!, low: chunk.low[at]! };
  }

  /** Gives a key that has none a slot; slots of deleted keys are used again. */
  insert(key: RequestKey): Slot {
    const slot = this.#takeSlot();
    const chunk = this.#chunkOf(slot);
    const at = offsetOf(slot);
    const bucket = this.#bucketOf(key.low);
    chunk.high[at] = key.high;
    chunk.low[at] = key.low;
    chunk.next[at] = this.#head(bucket);
    this.#setHead(bucket, slot);
    this.#size++;
    if (this.#size > this.#mask + 1 + this.#split) this.#splitOneBucket();
    return slot;
  }

  /** Takes the slot from its key. */
  delete(slot: Slot): void {
    const chunk = this.#chunkOf(slot);
    const at = offsetOf(slot);
    this.#unchain(slot, this.#bucketOf(chunk.low[at]!), chunk.next[at]!);
    chunk.next[at] = this.#firstFree;
    this.#firstFree = slot;
    this.#size--;
  }

  #takeSlot(): Slot {
    if (this.#firstFree !== noSlot) {
      const slot = this.#firstFree;
      this.#firstFree = this.#chunkOf(slot).next[offsetOf(slot)]!;
      return slot;
    }
    if (offsetOf(this.#slotsMade) === 0) this.#chunks.push(new IndexChunk());
    return this.#slotsMade++;
  }

  #unchain(slot: Slot, bucket: number, next: Slot): void {
    let before = this.#head(bucket);
    if (before === slot) {
      this.#setHead(bucket, next);
      return;
    }
    for (;;) {
      const chunk = this.#chunkOf(before);
      const at = offsetOf(before);
      if (chunk.next[at] === slot) {
        chunk.next[at] = next;
        return;
      }
      before = chunk.next[at]!;
    }
  }

  #splitOneBucket(): void {
    const source = this.#split;
    const image = source + this.#mask + 1;
    if (offsetOf(image) === 0) this.#heads.push(filledChunk());
    let slot = this.#head(source);
    this.#setHead(source, noSlot);
    const wideMask = this.#mask * 2 + 1;
    while (slot !== noSlot) {
      const chunk = this.#chunkOf(slot);
      const at = offsetOf(slot);
      const next = chunk.next[at]!;
      const bucket = (chunk.low[at]! & wideMask) === source ? source : image;
      chunk.next[at] = this.#head(bucket);
      this.#setHead(bucket, slot);
      slot = next;
    }
    this.#split++;
    if (this.#split > this.#mask) {
      this.#mask = wideMask;
      this.#split = 0;
    }
  }

  #bucketOf(low: number): number {
    const bucket = low & this.#mask;
    return bucket < this.#split ? low & (this.#mask * 2 + 1) : bucket;
  }

  #head(bucket: number): Slot {
    return this.#heads[chunkOf(bucket)]![offsetOf(bucket)]!;
  }

  #setHead(bucket: number, slot: Slot): void {
    this.#heads[chunkOf(bucket)]![offsetOf(bucket)] = slot;
  }

  #chunkOf(slot: Slot): IndexChunk {
    return this.#chunks[chunkOf(slot)]!;
  }
}

function filledChunk(): Int32Array {
  return new Int32Array(chunkSize).fill(noSlot);
}
