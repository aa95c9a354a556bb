import { chunkOf, chunkSize, noSlot, offsetOf } from './slot.js';

class DenseChunk<T> {
  readonly values: (T | undefined)[] = Array.from<T | undefined>({ length: chunkSize }).fill(undefined);
  /** Of a number that is free: the next one that is. */
  readonly nextFree = new Int32Array(chunkSize);
}

/**
 * Objects at small numbers that stay theirs until they are deleted; numbers of the deleted are given again.
 * Grows by a chunk at a time: a single array of a million would be copied as a whole, again and again.
 */
export class DenseList<T> {
  readonly #chunks: DenseChunk<T>[] = [];
  #firstFree = noSlot;
  #length = 0;

  /** @returns the object's number */
  add(value: T): number {
    const at = this.#takeNumber();
    this.set(at, value);
    return at;
  }

  get(at: number): T {
    return this.#chunks[chunkOf(at)]!.values[offsetOf(at)]!;
  }

  set(at: number, value: T): void {
    this.#chunks[chunkOf(at)]!.values[offsetOf(at)] = value;
  }

  delete(at: number): void {
    const chunk = this.#chunks[chunkOf(at)]!;
    chunk.values[offsetOf(at)] = undefined;
    chunk.nextFree[offsetOf(at)] = this.#firstFree;
    this.#firstFree = at;
  }

  #takeNumber(): number {
    if (this.#firstFree !== noSlot) {
      const at = this.#firstFree;
      this.#firstFree = this.#chunks[chunkOf(at)]!.nextFree[offsetOf(at)]!;
      return at;
    }
    if (offsetOf(this.#length) === 0) this.#chunks.push(new DenseChunk());
    return this.#length++;
  }
}
