import type { EventLog } from '../domain/event-log.js';
import type { ReceivedCursors } from '../domain/received-cursors.js';
import type { ReplicationTotals } from '../domain/replication-totals.js';
import type { ThisReplica } from '../domain/this-replica.js';
import { type SnapshotHeader, chunkText, endText, snapshotHeaderText } from './batch-format.js';
import type { Clock } from './ports/clock.js';
import type { StateSelection } from './ports/replicated-state.js';
import type { Timers } from './ports/timers.js';
import type { ReplicatedStates } from './replicated-states.js';

/** Snapshots that one replica gives at a time; each costs a share of its CPU. */
const maxActiveStreams = 4;
/** The other places are kept for replicas that can't serve without their snapshot. */
const maxActiveWithHints = 2;
/** A stream whose reader takes nothing costs a little memory alone, and must not keep others from theirs. */
const activeMs = 1_000;
const maxStreams = 64;

interface Stream {
  lastReadMs: number;
}

/** What a snapshot holds: states that are repaired, or in their stead the hints, all of them. */
export interface SnapshotSelection extends StateSelection {
  readonly hints?: boolean;
}

/** Gives another replica what this one knows, line by line, as fast as it is read. */
export class ServeSnapshot {
  readonly #streams = new Set<Stream>();

  constructor(
    private readonly self: ThisReplica,
    private readonly log: EventLog,
    private readonly cursors: ReceivedCursors,
    private readonly states: ReplicatedStates,
    private readonly totals: ReplicationTotals,
    private readonly clock: Clock,
    private readonly timers: Timers,
  ) {}

  /** @returns the lines; or `not-ready`, since half a picture is no snapshot; or `busy` */
  execute(selection: SnapshotSelection): AsyncIterable<string> | 'not-ready' | 'busy' {
    const { hints = false } = selection;
    if (this.self.phase !== 'ready' || (hints && this.self.isRecallingHints)) return 'not-ready';
    const maxActive = hints ? maxActiveWithHints : maxActiveStreams;
    return this.#isBusy(maxActive) ? 'busy' : this.#lines(selection);
  }

  #isBusy(maxActive: number): boolean {
    if (this.#streams.size < maxActive) return false;
    const activeSinceMs = this.clock.nowMs() - activeMs;
    const active = [...this.#streams].filter(({ lastReadMs }) => lastReadMs > activeSinceMs);
    return active.length >= maxActive || this.#streams.size >= maxStreams;
  }

  async *#lines({ hints = false, ...selection }: SnapshotSelection): AsyncIterable<string> {
    const stream: Stream = { lastReadMs: this.clock.nowMs() };
    this.#streams.add(stream);
    try {
      // Before the first chunk: what happens from here on may miss the chunks, and reaches the reader as events.
      yield snapshotHeaderText(this.#header());
      for (const state of this.states.all()) {
        if (state.isRepaired === hints) continue;
        for (const slice of state.states(selection)) {
          stream.lastReadMs = this.clock.nowMs();
          if (slice.length > 0) yield chunkText(state.kind, slice, this.clock.nowMs());
          await this.timers.nextTurn();
        }
      }
      yield endText;
      this.totals.snapshotsServed++;
    } finally {
      this.#streams.delete(stream);
    }
  }

  #header(): SnapshotHeader {
    const cursors = new Map<string, number>();
    for (const [epoch, { applied }] of this.cursors.entries()) cursors.set(epoch, applied);
    cursors.set(this.self.epoch, this.log.next - 1);
    return { epoch: this.self.epoch, cursors };
  }
}
