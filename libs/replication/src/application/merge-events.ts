import type { ReplicationTotals } from '../domain/replication-totals.js';
import type { WireEvent } from './batch-format.js';
import type { Clock } from './ports/clock.js';
import type { Timers } from './ports/timers.js';
import type { Merge, ReplicatedStates } from './replicated-states.js';
import { TimeSlice } from './time-slice.js';

/**
 * Events between two looks at the clock. Their work is a microsecond for a load event, a tenth of a millisecond for the
 * prefixes of a prompt, milliseconds for the longest of prompts, of which a batch's bytes hold three.
 */
const eventsPerLook = 16;

/** Takes in what another replica knows, however it came: batch, snapshot or repair. */
export class MergeEvents {
  constructor(
    private readonly states: ReplicatedStates,
    private readonly totals: ReplicationTotals,
    private readonly clock: Clock,
    private readonly timers: Timers,
  ) {}

  /**
   * Merges all events, in slices between which calls are answered; or none, where one is not what it must be.
   *
   * @returns how many of them brought anything new
   * @throws WireError
   */
  async execute(events: readonly WireEvent[]): Promise<number> {
    const slice = new TimeSlice(this.clock, this.timers);
    const merges = await this.#read(events, slice);
    this.totals.eventsSkipped += events.length - merges.length;
    let news = 0;
    for (let i = 0; i < merges.length; i++) {
      if (i % eventsPerLook === 0 && slice.isOver) await slice.next();
      if (merges[i]!()) news++;
    }
    return news;
  }

  async #read(events: readonly WireEvent[], slice: TimeSlice): Promise<Merge[]> {
    const merges: Merge[] = [];
    for (let i = 0; i < events.length; i++) {
      if (i > 0 && i % eventsPerLook === 0 && slice.isOver) await slice.next();
      const merge = this.states.parse(events[i]!, i);
      if (merge !== undefined) merges.push(merge);
    }
    return merges;
  }
}
