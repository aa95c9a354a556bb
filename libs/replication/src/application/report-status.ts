import type { EventLog, LogLimits } from '../domain/event-log.js';
import type { ReceivedCursor, ReceivedCursors } from '../domain/received-cursors.js';
import type { ReplicationTotals } from '../domain/replication-totals.js';
import type { ReplicaPhase, ThisReplica } from '../domain/this-replica.js';
import type { DirectoryView, FollowDirectory } from './follow-directory.js';
import type { Mesh } from './mesh.js';
import type { PeerState } from './peer-feed.js';

/** What operators ask of a replica: whom it knows, how far they are, and what has happened. */
export interface ReplicationStatus {
  readonly epoch: string;
  readonly address: string;
  readonly phase: ReplicaPhase;
  /** It serves without having learnt all that it could. */
  readonly isDegraded: boolean;
  readonly log: LogView;
  readonly directory: DirectoryView;
  readonly peers: readonly PeerView[];
  readonly received: ReadonlyMap<string, ReceivedCursor>;
  readonly totals: ReplicationTotals;
}

export interface LogView extends LogLimits {
  readonly oldest: number;
  readonly next: number;
  readonly events: number;
  readonly bytes: number;
}

export interface PeerView {
  readonly address: string;
  readonly epoch: string | undefined;
  readonly state: PeerState;
  readonly source: 'directory' | 'greeting';
  readonly lagEvents: number;
  readonly lagMs: number;
  readonly lastError: string | undefined;
}

/** Looks at this replica's part in the replication. */
export class ReportStatus {
  constructor(
    private readonly self: ThisReplica,
    private readonly log: EventLog,
    private readonly logLimits: LogLimits,
    private readonly mesh: Mesh,
    private readonly followDirectory: FollowDirectory,
    private readonly cursors: ReceivedCursors,
    private readonly totals: ReplicationTotals,
  ) {}

  execute(): ReplicationStatus {
    const { self, log } = this;
    return {
      epoch: self.epoch,
      address: self.address,
      phase: self.phase,
      isDegraded: self.isDegraded,
      log: { oldest: log.oldest, next: log.next, events: log.size, bytes: log.bytes, ...this.logLimits },
      directory: this.followDirectory.view,
      peers: this.#peers(),
      received: new Map([...this.cursors.entries()].filter(([epoch]) => epoch !== self.epoch)),
      totals: this.totals,
    };
  }

  #peers(): PeerView[] {
    return [...this.mesh.peers()].map(({ feed, source }) => ({
      address: feed.address,
      epoch: feed.epoch,
      state: feed.state,
      source,
      lagEvents: feed.lagEvents,
      lagMs: feed.lagMs,
      lastError: feed.lastError,
    }));
  }
}
