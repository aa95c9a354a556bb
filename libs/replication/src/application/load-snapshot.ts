import type { ReceivedCursors } from '../domain/received-cursors.js';
import type { ReplicationTotals } from '../domain/replication-totals.js';
import type { MergeEvents } from './merge-events.js';
import type { Clock } from './ports/clock.js';
import type { Journal } from './ports/journal.js';
import type { PeerClient, SnapshotRequest } from './ports/peer-client.js';

/** How a snapshot ended. What was merged of one that failed stays: it is true. */
export type SnapshotOutcome = 'loaded' | 'not-ready' | 'failed';

/** Takes in what a peer knows, chunk by chunk: all that is repaired, or the buckets in which the two differ. */
export class LoadSnapshot {
  constructor(
    private readonly client: PeerClient,
    private readonly cursors: ReceivedCursors,
    private readonly mergeEvents: MergeEvents,
    private readonly totals: ReplicationTotals,
    private readonly clock: Clock,
    private readonly journal: Journal,
  ) {}

  /** Loads all that is repaired; the cursors that the donor had before its first chunk are then this replica's, too. */
  async execute(peer: string): Promise<SnapshotOutcome> {
    const startedMs = this.clock.nowMs();
    try {
      const snapshot = await this.client.fetchSnapshot(peer, {});
      if (snapshot === 'not-ready') return 'not-ready';
      let states = 0;
      for await (const events of snapshot.chunks) {
        await this.mergeEvents.execute(events);
        states += events.length;
      }
      this.cursors.adopt(snapshot.header.cursors);
      this.totals.snapshotsLoaded++;
      this.journal.tell({
        type: 'snapshot-loaded',
        peer,
        states,
        tookMs: Math.round(this.clock.nowMs() - startedMs),
      });
      return 'loaded';
    } catch (error) {
      this.totals.snapshotsFailed++;
      this.journal.tell({ type: 'snapshot-failed', peer, reason: (error as Error).message });
      return 'failed';
    }
  }

  /**
   * Loads some buckets, for repair; no cursor moves.
   *
   * @returns how many states were news
   * @throws PeerError or WireError
   */
  async part(
    peer: string,
    request: Required<Pick<SnapshotRequest, 'buckets' | 'youngerThanMs'>>,
  ): Promise<number> {
    const snapshot = await this.client.fetchSnapshot(peer, request);
    if (snapshot === 'not-ready') return 0;
    let news = 0;
    for await (const events of snapshot.chunks) news += await this.mergeEvents.execute(events);
    return news;
  }
}
