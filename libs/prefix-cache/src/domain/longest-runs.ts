import type { PrefixTable } from './blocks/prefix-table.js';
import { none } from './blocks/records.js';
import type { HashChain } from './hash-chain.js';

/**
 * Prefixes that are found side by side: fewer than may be, since those behind the longest run are found for nothing, and
 * sixteen save nearly as much time.
 */
const lookAhead = 16;

/** Never equal to a place in a chain. */
const excluded = -1;

/** Finds how many leading hashes of a chain each engine holds without a gap. */
export class LongestRuns {
  /** By engine; zero between two searches, unless the engine is excluded. */
  #runs = new Int32Array(1024);
  readonly #found: number[] = [];
  #holdersLeft = 0;

  /** @param maxHolders see {@link search} */
  constructor(
    private readonly table: PrefixTable,
    private readonly maxHolders: number,
  ) {}

  /** A number is given to a new engine. */
  include(engine: number): void {
    if (engine >= this.#runs.length) {
      const wider = new Int32Array(this.#runs.length * 2);
      wider.set(this.#runs);
      this.#runs = wider;
    }
    this.#runs[engine] = 0;
  }

  /** The engine is not to be found any more. */
  exclude(engine: number): void {
    this.#runs[engine] = excluded;
  }

  /**
   * Costs as many steps as there are holders of the prefixes up to the longest run, and ends there, or at
   * `maxHolders`: a chain that names one again and again may have many.
   *
   * @param visit called with each engine that holds the first hash, and its run
   */
  search(cluster: number, chain: HashChain, visit: (engine: number, run: number) => void): void {
    const found = this.#found;
    this.#holdersLeft = this.maxHolders;
    for (let from = 0; from < chain.length; from += lookAhead) {
      if (!this.#extendAll(cluster, chain, from, Math.min(from + lookAhead, chain.length))) break;
    }
    for (const engine of found) {
      visit(engine, this.#runs[engine]!);
      this.#runs[engine] = 0;
    }
    found.length = 0;
  }

  /** @returns whether any engine holds everything up to `to` */
  #extendAll(cluster: number, chain: HashChain, from: number, to: number): boolean {
    const prefixes = this.table.findAll(cluster, chain, from, to);
    for (let place = from; place < to; place++) {
      if (this.#extend(place, prefixes[place - from]!) === 0) return false;
    }
    return true;
  }

  /** @returns how many engines hold everything up to this place */
  #extend(place: number, prefix: number): number {
    if (prefix === none) return 0;
    const runs = this.#runs;
    const words = this.table.holderWords(prefix);
    const from = this.table.holdersAt(prefix);
    const count = this.table.holderCount(prefix);
    this.#holdersLeft -= count;
    if (this.#holdersLeft < 0) return 0;
    const to = from + count;
    let extended = 0;
    for (let i = from; i < to; i++) {
      const engine = words[i]!;
      if (runs[engine] !== place) continue;
      runs[engine] = place + 1;
      extended++;
      if (place === 0) this.#found.push(engine);
    }
    return extended;
  }
}
