import { chunkOf, chunkSize, offsetOf } from './slot.js';

/**
 * Objects at small numbers that stay theirs until they are deleted; numbers of the deleted are given again.
 * Grows by a chunk at a time: a single array of a million would be copied as a whole, again and again.
 */
export class DenseList<T> {
  readonly #chunks: (T | undefined)[][] = [];
  readonly #free: number[] = [];
  #length = 0;

  /** @returns the object's number */
  add(value: T): number {
    const at = this.#free.pop() ?? this.#length++;
    if (chunkOf(at) === this.#chunks.length) {
      this.#chunks.push(Array.from<T | undefined>({ length: chunkSize }).fill(undefined));
    }
    this.set(at, value);
    return at;
  }

  get(at: number): T {
    return this.#chunks[chunkOf(at)]![offsetOf(at)]!;
  }

  set(at: number, value: T): void {
    this.#chunks[chunkOf(at)]![offsetOf(at)] = value;
  }

  delete(at: number): void {
    this.#chunks[chunkOf(at)]![offsetOf(at)] = undefined;
    this.#free.push(at);
  }
}
