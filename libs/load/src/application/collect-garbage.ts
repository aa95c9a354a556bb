import type { LoadStats } from '../domain/load-stats.js';
import type { Clock } from './ports/clock.js';

/** How many requests, ids and engines one bite takes at most: about a millisecond of work. */
const biteSize = 1_000;

/** Drops what is due: expired requests, ids to forget, idle engines and clusters. */
export class CollectGarbage {
  constructor(
    private readonly load: LoadStats,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes one bite, so that calls can be answered between two.
   *
   * @returns whether more is due
   */
  execute(): boolean {
    return this.load.collect(this.clock.now(), biteSize);
  }
}
