import type { ReplicationTotals } from '../domain/replication-totals.js';
import type { ThisReplica } from '../domain/this-replica.js';
import type { MergeEvents } from './merge-events.js';
import type { Mesh } from './mesh.js';
import { nextDonor } from './next-donor.js';
import type { Clock } from './ports/clock.js';
import type { Journal } from './ports/journal.js';
import { type PeerClient, PeerError } from './ports/peer-client.js';
import type { Random } from './ports/random.js';
import type { Timers } from './ports/timers.js';
import type { ReplicatedStates } from './replicated-states.js';

/** Eight million prefixes take 15 to 25 s. What has not come in a minute is better learned from what clients do. */
const deadlineMs = 60_000;
/** Before the second round of peers, the third and so on: who is too busy now has joiners that can't serve yet. */
const pausesMs: readonly number[] = [1_000, 2_000, 4_000, 8_000];

/**
 * How it ended. `nothing`: no context has hints; `nobody-ready`: no peer could give any; `failed`: those that could did
 * not give all in time; `stopped`: this replica is about to go.
 */
export type RecallOutcome = 'loaded' | 'nothing' | 'nobody-ready' | 'failed' | 'stopped';

/**
 * A replica that has joined learns the hints of another one behind its clients' backs: from whichever peer gives them
 * whole. What came of one that failed stays. They are no state of record, so that no cursor moves.
 */
export class RecallHints {
  #isStopped = false;
  #endPause = (): void => {};

  constructor(
    private readonly self: ThisReplica,
    private readonly states: ReplicatedStates,
    private readonly mesh: Mesh,
    private readonly client: PeerClient,
    private readonly mergeEvents: MergeEvents,
    private readonly totals: ReplicationTotals,
    private readonly clock: Clock,
    private readonly timers: Timers,
    private readonly random: Random,
    private readonly journal: Journal,
  ) {}

  /** Ends soon after {@link stop}, and in any case after a minute and a peer's time-out. */
  async execute(): Promise<RecallOutcome> {
    if (!this.states.hasHints) return 'nothing';
    this.self.isRecallingHints = true;
    const outcome = await this.#tryRounds(this.clock.nowMs() + deadlineMs);
    this.self.isRecallingHints = false;
    return outcome;
  }

  stop(): void {
    this.#isStopped = true;
    this.#endPause();
  }

  async #tryRounds(endsMs: number): Promise<RecallOutcome> {
    for (const pauseMs of [...pausesMs, undefined]) {
      const outcome = await this.#tryEach(endsMs);
      if (outcome !== 'failed' || pauseMs === undefined) return outcome;
      await this.#pause(Math.min(pauseMs * this.random.next(), endsMs - this.clock.nowMs()));
    }
    return 'failed';
  }

  /** One round: asks every peer that is ready, in random order, until one has given all. */
  async #tryEach(endsMs: number): Promise<RecallOutcome> {
    const tried = new Set<string>();
    for (;;) {
      if (this.#isStopped) return 'stopped';
      if (this.clock.nowMs() >= endsMs) return 'failed';
      const donor = nextDonor(this.mesh, this.random, tried);
      if (donor === undefined) return tried.size === 0 ? 'nobody-ready' : 'failed';
      tried.add(donor);
      if (await this.#load(donor, endsMs)) return 'loaded';
    }
  }

  /** @returns whether all came */
  async #load(peer: string, endsMs: number): Promise<boolean> {
    const startedMs = this.clock.nowMs();
    try {
      const snapshot = await this.client.fetchSnapshot(peer, { hints: true });
      if (snapshot === 'not-ready') return false;
      let states = 0;
      for await (const events of snapshot.chunks) {
        if (this.#isStopped) return false;
        if (this.clock.nowMs() >= endsMs) throw new PeerError(`not all had come after ${deadlineMs} ms`);
        await this.mergeEvents.execute(events);
        // Chunks may have come together.
        await this.timers.nextTurn();
        states += events.length;
      }
      this.totals.hintsLoaded++;
      const tookMs = Math.round(this.clock.nowMs() - startedMs);
      this.journal.tell({ type: 'hints-loaded', peer, states, tookMs });
      return true;
    } catch (error) {
      if (this.#isStopped) return false;
      this.totals.hintsFailed++;
      this.journal.tell({ type: 'hints-failed', peer, reason: (error as Error).message });
      return false;
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.timers.after(ms, resolve);
      this.#endPause = () => {
        cancel();
        resolve();
      };
    });
  }
}
