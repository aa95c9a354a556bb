import type { PeerAddress } from '../domain/peer-address.js';
import type { ThisReplica } from '../domain/this-replica.js';
import type { BootstrapOutcome, BootstrapReplica } from './bootstrap-replica.js';
import type { EventFeed } from './event-feed.js';
import type { FollowDirectory } from './follow-directory.js';
import type { RecallHints } from './recall-hints.js';
import type { RepairDivergence } from './repair-divergence.js';

/** A replica's life among others: it joins them, and it leaves them. */
export class Replication {
  constructor(
    private readonly self: ThisReplica,
    private readonly followDirectory: FollowDirectory,
    private readonly eventFeed: EventFeed,
    private readonly bootstrapReplica: BootstrapReplica,
    private readonly repairDivergence: RepairDivergence,
    private readonly recallHints: RecallHints,
  ) {}

  /**
   * Finds the others and learns what they know. The replica must be listening: they send to it at once.
   *
   * @param address where others reach this replica, `host:port`
   * @param isOwn tells this replica's own addresses among those of the directory
   * @returns how it went; whatever it says, the replica may serve now. Hints follow behind it
   */
  async join(address: string, isOwn: (address: PeerAddress) => boolean): Promise<BootstrapOutcome> {
    this.self.listensAt(address);
    this.followDirectory.start(isOwn);
    this.eventFeed.start();
    const outcome = await this.bootstrapReplica.execute();
    this.self.becomeReady(outcome === 'timed-out' || outcome === 'directory-silent');
    if (this.self.phase === 'ready') {
      this.repairDivergence.start();
      void this.recallHints.execute();
    }
    return outcome;
  }

  /** The replica is about to go: it gives no snapshots any more. */
  drain(): void {
    this.self.drain();
    this.repairDivergence.stop();
    this.recallHints.stop();
    this.followDirectory.stop();
  }

  /**
   * Sends the peers what they lack, then stops.
   *
   * @returns whether every peer that could be reached has all events
   */
  async leave(timeoutMs: number): Promise<boolean> {
    this.drain();
    const isFlushed = await this.eventFeed.flush(timeoutMs);
    this.eventFeed.stop();
    return isFlushed;
  }
}
