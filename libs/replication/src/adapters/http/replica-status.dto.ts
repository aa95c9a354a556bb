import type { PeerView, ReplicationStatus } from '../../application/report-status.js';

/** Answer of `GET /v1/replica/status`. */
export class ReplicaStatusDto {
  readonly epoch: string;
  readonly address: string;
  readonly state: string;
  readonly degraded: boolean;
  readonly log: object;
  readonly directory: object;
  readonly peers: readonly object[];
  readonly received: readonly object[];
  readonly totals: object;

  constructor({
    epoch,
    address,
    phase,
    isDegraded,
    log,
    directory,
    peers,
    received,
    totals,
  }: ReplicationStatus) {
    this.epoch = epoch;
    this.address = address;
    this.state = phase;
    this.degraded = isDegraded;
    this.log = {
      first: log.oldest,
      next: log.next,
      events: log.events,
      bytes: log.bytes,
      max_events: log.maxEvents,
      max_bytes: log.maxBytes,
    };
    this.directory = {
      hosts: directory.hosts,
      failed_lookups: totals.failedLookups,
      last_error: directory.lastError ?? null,
    };
    this.peers = peers.map(peerDto);
    this.received = Array.from(received, ([of, { origin, applied }]) => ({ epoch: of, origin, applied }));
    this.totals = {
      batches_sent: totals.batchesSent,
      batches_failed: totals.batchesFailed,
      events_sent: totals.eventsSent,
      batches_received: totals.batchesReceived,
      batches_refused: totals.batchesRefused,
      events_received: totals.eventsReceived,
      gaps_found: totals.gapsFound,
      snapshots_loaded: totals.snapshotsLoaded,
      snapshots_failed: totals.snapshotsFailed,
      snapshots_served: totals.snapshotsServed,
      repair_rounds: totals.repairRounds,
      buckets_diverged: totals.bucketsDiverged,
      states_repaired: totals.statesRepaired,
      go_calls_sent: totals.goCallsSent,
      go_calls_dropped: totals.goCallsDropped,
      go_calls_received: totals.goCallsReceived,
      go_calls_refused: totals.goCallsRefused,
    };
  }
}

function peerDto({ address, epoch, state, source, lagEvents, lagMs, lastError }: PeerView): object {
  return {
    address,
    epoch: epoch ?? null,
    state,
    source,
    lag_events: lagEvents,
    lag_ms: Math.round(lagMs),
    last_error: lastError ?? null,
  };
}
