import type { PrefixIndex } from '../domain/prefix-index.js';
import type { Clock } from './ports/clock.js';

/** How many blocks one bite clears away at most: about a millisecond of work. */
const biteBlocks = 1_000;

/** Drops engines that expired, and clears away the blocks of those that are gone. */
export class CollectGarbage {
  constructor(
    private readonly index: PrefixIndex,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes one bite, so that calls can be answered between two.
   *
   * @returns whether more is due
   */
  execute(): boolean {
    return this.index.collect(this.clock.nowMs(), biteBlocks);
  }
}
