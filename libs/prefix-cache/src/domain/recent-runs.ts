import type { Blocks } from './blocks/blocks.js';
import type { PrefixTable } from './blocks/prefix-table.js';
import type { CachedEngine } from './cached-engine.js';
import type { EngineRoster } from './engine-roster.js';
import type { HashChain } from './hash-chain.js';

/** Blocks of one slice: a millisecond of work where each is a run of its own, text included; a fraction of it mostly. */
const sliceBlocks = 500;

/** Blocks of one engine that were used one right after the other, the most recently used first. */
export interface RecentRun {
  readonly engine: CachedEngine;
  readonly hashes: HashChain;
}

/** Reads the index from the most recently used block on, while it goes on changing. */
export class RecentRuns {
  constructor(
    private readonly table: PrefixTable,
    private readonly blocks: Blocks,
    private readonly roster: EngineRoster,
  ) {}

  /**
   * In slices. A block that is held all the while comes once, unless it is used meanwhile: then it may come not at all.
   * Must be read to its end or ended by `return`.
   */
  *slices(): Iterable<readonly RecentRun[]> {
    const bookmark = this.blocks.addBookmark();
    try {
      for (;;) {
        const taken = this.blocks.takeBehind(bookmark, sliceBlocks);
        if (taken.length === 0) return;
        yield this.#runsOf(taken);
      }
    } finally {
      this.blocks.removeBookmark(bookmark);
    }
  }

  #runsOf(taken: readonly number[]): RecentRun[] {
    const runs: RecentRun[] = [];
    for (let from = 0; from < taken.length;) {
      const owner = this.blocks.ownerOf(taken[from]!);
      let to = from + 1;
      while (to < taken.length && this.blocks.ownerOf(taken[to]!) === owner) to++;
      const engine = this.roster.numbered(owner);
      if (!this.roster.isRetired(engine)) runs.push({ engine, hashes: this.#hashesOf(taken, from, to) });
      from = to;
    }
    return runs;
  }

  #hashesOf(taken: readonly number[], from: number, to: number): HashChain {
    const length = to - from;
    const high = new Uint32Array(length);
    const low = new Uint32Array(length);
    for (let i = 0; i < length; i++) {
      const prefix = this.blocks.prefixOf(taken[from + i]!);
      high[i] = this.table.hashHigh(prefix);
      low[i] = this.table.hashLow(prefix);
    }
    return { length, high, low };
  }
}
