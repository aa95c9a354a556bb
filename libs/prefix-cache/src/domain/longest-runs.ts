import type { PrefixTable } from './blocks/prefix-table.js';
import { none } from './blocks/records.js';
import type { HashChain } from './hash-chain.js';

/** Never equal to a place in a chain. */
const excluded = -1;

/** Finds how many leading hashes of a chain each engine holds without a gap. */
export class LongestRuns {
  /** By engine; zero between two searches, unless the engine is excluded. */
  #runs = new Int32Array(1024);
  readonly #found: number[] = [];

  constructor(private readonly table: PrefixTable) {}

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
   * Costs as many steps as there are holders of the prefixes up to the longest run, and ends there.
   *
   * @param visit called with each engine that holds the first hash, and its run
   */
  search(cluster: number, chain: HashChain, visit: (engine: number, run: number) => void): void {
    const found = this.#found;
    for (let place = 0; place < chain.length; place++) {
      if (this.#extend(place, this.table.find(cluster, chain.high[place]!, chain.low[place]!)) === 0) break;
    }
    for (const engine of found) {
      visit(engine, this.#runs[engine]!);
      this.#runs[engine] = 0;
    }
    found.length = 0;
  }

  /** @returns how many engines hold everything up to this place */
  #extend(place: number, prefix: number): number {
    if (prefix === none) return 0;
    const runs = this.#runs;
    const words = this.table.holderWords(prefix);
    const from = this.table.holdersAt(prefix);
    const to = from + this.table.holderCount(prefix);
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
