import type { RequestKey } from './request-key.js';
import { type Slot, chunkOf, chunkSize, noSlot, offsetOf } from './slot.js';

/**
 * The words of a slot's node, side by side: a look-up reads the key and then the link, and in a table of a million each
 * word in a column of its own would be one more cache miss.
 */
const highWord = 0;
const lowWord = 1;
/** The next slot of the same bucket, or of the free list. */
const nextWord = 2;
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
      if (nodes[at + lowWord] === key.low && nodes[at + highWord] === key.high) return slot;
      slot = nodes[at + nextWord]!;
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
    return { high: nodes[at + highWord]!, low: nodes[at + lowWord]! };
  }

  /** Gives a key that has none a slot; slots of deleted keys are used again. */
  insert(key: RequestKey): Slot {
    const slot = this.#takeSlot();
    const nodes = this.#nodesOf(slot);
    const at = nodeAt(slot);
    const bucket = this.#bucketOf(key.low);
    nodes[at + highWord] = key.high;
    nodes[at + lowWord] = key.low;
    nodes[at + nextWord] = this.#head(bucket);
    this.#setHead(bucket, slot);
    this.#size++;
    if (this.#size > this.#mask + 1 + this.#split) this.#splitOneBucket();
    return slot;
  }

  /** Takes the slot from its key. */
  delete(slot: Slot): void {
    const nodes = this.#nodesOf(slot);
    const at = nodeAt(slot);
    this.#unchain(slot, this.#bucketOf(nodes[at + lowWord]!), nodes[at + nextWord]!);
    nodes[at + nextWord] = this.#firstFree;
    this.#firstFree = slot;
    this.#size--;
  }

  #takeSlot(): Slot {
    if (this.#firstFree !== noSlot) {
      const slot = this.#firstFree;
      this.#firstFree = this.#nodesOf(slot)[nodeAt(slot) + nextWord]!;
      return slot;
    }
    if (offsetOf(this.#slotsMade) === 0) this.#nodes.push(new Int32Array(wordsOfNode * chunkSize));
    return this.#slotsMade++;
  }

  #unchain(slot: Slot, bucket: number, next: Slot): void {
    let before = this.#head(bucket);
    if (before === slot) {
      this.#setHead(bucket, next);
      return;
    }
    for (;;) {
      const nodes = this.#nodesOf(before);
      const at = nodeAt(before);
      if (nodes[at + nextWord] === slot) {
        nodes[at + nextWord] = next;
        return;
      }
      before = nodes[at + nextWord]!;
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
      const next = nodes[at + nextWord]!;
      const bucket = (nodes[at + lowWord]! & wideMask) === source ? source : image;
      nodes[at + nextWord] = this.#head(bucket);
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
