import { Random } from '#replication';

/** Chance that is the same on every machine for the same seed and purpose. */
export class SeededRandom extends Random {
  #state: number;

  /** @param purpose streams of different purposes are independent, so that a draw more in one never shifts another */
  constructor(
    private readonly seed: number,
    private readonly purpose: string,
  ) {
    super();
    this.#state = seed >>> 0;
    for (const character of purpose) this.#state = scramble((this.#state + character.charCodeAt(0)) >>> 0);
  }

  /** A stream of its own. */
  fork(purpose: string): SeededRandom {
    return new SeededRandom(this.seed, `${this.purpose}/${purpose}`);
  }

  override next(): number {
    // A Weyl sequence visits all 2^32 states; the scrambler makes its steps look random.
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    return scramble(this.#state) / 2 ** 32;
  }

  /** A whole number, uniform in 0…limit-1. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** Uniform in [least, most). */
  between(least: number, most: number): number {
    return least + this.next() * (most - least);
  }

  /** @returns true with this probability */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of them, each as likely; the list must not be empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

/** A bijection of 32-bit numbers in which every input bit reaches every output bit (murmur3's finaliser). */
function scramble(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
