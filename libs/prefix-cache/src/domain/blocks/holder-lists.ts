import { Records, none } from './records.js';

/**
 * Lists of the engines that hold a prefix, each in one piece: a query reads thousands of engines and must not jump for
 * each. A list has room for the next power of two of its length, and moves when it outgrows that or half of it will do.
 *
 * A list is found by its address together with its length. Its engines come first, then in the same order their blocks.
 */
export class HolderLists {
  /** By the logarithm of the lists' capacity. */
  readonly #records: Records[] = [];

  /** @returns the list's address from now on; that of an empty list is of no account */
  add(address: number, length: number, engine: number, block: number): number {
    const grown = this.#moved(address, length, length + 1);
    const size = sizeFor(length + 1);
    const words = this.#recordsOf(size).chunkOf(grown);
    const at = this.#recordsOf(size).offsetOf(grown) + length;
    words[at] = engine;
    words[at + (1 << size)] = block;
    return grown;
  }

  /** Takes out an engine that is in the list; the last one gets its place. @returns the list's address from now on */
  remove(address: number, length: number, engine: number): number {
    const words = this.wordsOf(address, length);
    const at = this.offsetOf(address, length);
    const capacity = 1 << sizeFor(length);
    const last = at + length - 1;
    let place = at;
    while (words[place] !== engine) place++;
    words[place] = words[last]!;
    words[place + capacity] = words[last + capacity]!;
    return this.#moved(address, length, length - 1);
  }

  /** The words among which the list lies, from {@link offsetOf} on. */
  wordsOf(address: number, length: number): Uint32Array {
    return this.#recordsOf(sizeFor(length)).chunkOf(address);
  }

  offsetOf(address: number, length: number): number {
    return this.#recordsOf(sizeFor(length)).offsetOf(address);
  }

  /** @returns the engine's block, or {@link none} where it is not in the list */
  blockOf(address: number, length: number, engine: number): number {
    if (length === 0) return none;
    const words = this.wordsOf(address, length);
    const at = this.offsetOf(address, length);
    for (let i = at; i < at + length; i++) {
      if (words[i] === engine) return words[i + (1 << sizeFor(length))]!;
    }
    return none;
  }

  get bytes(): number {
    return this.#records.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  #moved(address: number, length: number, newLength: number): number {
    const size = sizeFor(length);
    const newSize = sizeFor(newLength);
    if (size === newSize) return address;
    const moved = newSize === noSize ? none : this.#recordsOf(newSize).take();
    const kept = Math.min(length, newLength);
    if (kept > 0) {
      const from = this.wordsOf(address, length);
      const fromAt = this.offsetOf(address, length);
      const to = this.wordsOf(moved, newLength);
      const toAt = this.offsetOf(moved, newLength);
      for (let i = 0; i < kept; i++) {
        to[toAt + i] = from[fromAt + i]!;
        to[toAt + (1 << newSize) + i] = from[fromAt + (1 << size) + i]!;
      }
    }
    if (size !== noSize) this.#recordsOf(size).free(address);
    return moved;
  }

  #recordsOf(size: number): Records {
    while (this.#records.length <= size) this.#records.push(new Records(2 << this.#records.length));
    return this.#records[size]!;
  }
}

/** Of an empty list, which has no place. */
const noSize = -1;

/** The logarithm of the capacity of a list: the least that it fits into. */
function sizeFor(length: number): number {
  return length === 0 ? noSize : 32 - Math.clz32(length - 1);
}
