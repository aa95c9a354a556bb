import type { ReplicationTotals } from '../domain/replication-totals.js';
import type { WireEvent } from './batch-format.js';
import type { Timers } from './ports/timers.js';
import type { Merge, ReplicatedStates } from './replicated-states.js';

/** Merges between two turns: well under a millisecond of work. */
const sliceSize = 250;
/** Reads between two turns: some 2 ms of work. A batch never has more; a line of a snapshot is bounded in bytes alone. */
const readSize = 1_000;

/** Takes in what another replica knows, however it came: batch, snapshot or repair. */
export class MergeEvents {
  constructor(
    private readonly states: ReplicatedStates,
    private readonly totals: ReplicationTotals,
    private readonly timers: Timers,
  ) {}

  /**
   * Merges all events, in slices between which calls are answered; or none, where one is not what it must be.
   *
   * @returns how many of them brought anything new
   * @throws WireError
   */
  async execute(events: readonly WireEvent[]): Promise<number> {
    const merges = await this.#read(events);
    this.totals.eventsSkipped += events.length - merges.length;
    let news = 0;
    for (let i = 0; i < merges.length; i++) {
      if (i > 0 && i % sliceSize === 0) await this.timers.nextTurn();
      if (merges[i]!()) news++;
    }
    return news;
  }

  async #read(events: readonly WireEvent[]): Promise<Merge[]> {
    const merges: Merge[] = [];
    for (let from = 0; from < events.length; from += readSize) {
      if (from > 0) await this.timers.nextTurn();
      merges.push(...this.states.parse(events.slice(from, from + readSize), from));
    }
    return merges;
  }
}
