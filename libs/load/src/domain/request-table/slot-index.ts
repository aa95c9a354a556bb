import type { RequestKey } from './request-key.js';
import { type Slot, chunkOf, chunkSize, noSlot, offsetOf } from './slot.js';

/**
 * The words of a slot's node, side by side: whoever compares a key goes on to the next node, and at a million of them
 * each column apart would be a miss of the caches of its own.
 */
const high = 0;
const low = 1;
/** The next slot of the same bucket, or of the free list. */
const next = 2;
const wordsOfNode = 3;

/**
 * Finds the slot of a key: a hash table that grows by one bucket per insertion (linear hashing: Litwin,
 * "Linear hashing: a new tool for file and table addressing", 1980), so that no insertion ever pays for a
 * rehash of the whole.
 *
 * Buckets 0…`#split`-1 and their images above `#mask` are already divided; the others still hold both halves.
 */
export class SlotIndex {
  readonly #nodes: Int32Array[] = [];
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
      const nodes = this.#nodesOf(slot);
      const at = nodeAt(slot);
      if (nodes[at + low] === key.low && nodes[at + high] === key.high) return slot;
      slot = nodes[at + next]!;
    }
    return noSlot;
  }

  /** Slots 0 to this, exclusively, are or were in use. */
  get slotsMade(): number {
    return this.#slotsMade;
  }

  /** The key that the slot stands for, or last stood for. */
  keyAt(slot: Slot): RequestKey {
    const nodes = this.#nodesOf(slot);
    const at = nodeAt(slot);
    return { high: nodes[at + high]!, low: nodes[at + low]! };
  }

  /** Gives a key that has none a slot; slots of deleted keys are used again. */
  insert(key: RequestKey): Slot {
    const slot = this.#takeSlot();
    const nodes = this.#nodesOf(slot);
    const at = nodeAt(slot);
    const bucket = this.#bucketOf(key.low);
    nodes[at + high] = key.high;
    nodes[at + low] = key.low;
    nodes[at + next] = this.#head(bucket);
    this.#setHead(bucket, slot);
    this.#size++;
    if (this.#size > this.#mask + 1 + this.#split) this.#splitOneBucket();
    return slot;
  }

  /** Takes the slot from its key. */
  delete(slot: Slot): void {
    const nodes = this.#nodesOf(slot);
    const at = nodeAt(slot);
    this.#unchain(slot, this.#bucketOf(nodes[at + low]!), nodes[at + next]!);
    nodes[at + next] = this.#firstFree;
    this.#firstFree = slot;
    this.#size--;
  }

  #takeSlot(): Slot {
    if (this.#firstFree !== noSlot) {
      const slot = this.#firstFree;
      this.#firstFree = this.#nodesOf(slot)[nodeAt(slot) + next]!;
      return slot;
    }
    if (offsetOf(this.#slotsMade) === 0) this.#nodes.push(new Int32Array(wordsOfNode * chunkSize));
    return this.#slotsMade++;
  }

  #unchain(slot: Slot, bucket: number, after: Slot): void {
    let before = this.#head(bucket);
    if (before === slot) {
      this.#setHead(bucket, after);
      return;
    }
    for (;;) {
      const nodes = this.#nodesOf(before);
      const at = nodeAt(before);
      if (nodes[at + next] === slot) {
        nodes[at + next] = after;
        return;
      }
      before = nodes[at + next]!;
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
      const nodes = this.#nodesOf(slot);
      const at = nodeAt(slot);
      const after = nodes[at + next]!;
      const bucket = (nodes[at + low]! & wideMask) === source ? source : image;
      nodes[at + next] = this.#head(bucket);
      this.#setHead(bucket, slot);
      slot = after;
    }
    this.#split++;
    if (this.#split > this.#mask) {
      this.#mask = wideMask;
      this.#split = 0;
    }
  }

  #bucketOf(lowWord: number): number {
    const bucket = lowWord & this.#mask;
    return bucket < this.#split ? lowWord & (this.#mask * 2 + 1) : bucket;
  }

  #head(bucket: number): Slot {
    return this.#heads[chunkOf(bucket)]![offsetOf(bucket)]!;
  }

  #setHead(bucket: number, slot: Slot): void {
    this.#heads[chunkOf(bucket)]![offsetOf(bucket)] = slot;
  }

  #nodesOf(slot: Slot): Int32Array {
    return this.#nodes[chunkOf(slot)]!;
  }
}

/** Where in its chunk a slot's node begins. */
function nodeAt(slot: Slot): number {
  return wordsOfNode * offsetOf(slot);
}

function filledChunk(): Int32Array {
  return new Int32Array(chunkSize).fill(noSlot);
}
