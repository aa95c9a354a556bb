/** Upper bounds of the latency histogram's buckets, in ms: those of the Go service. */
export const latencyBucketsMs: readonly number[] = [1, 2, 4, 8, 16, 32, 64, 128];

/** What has happened since the start, for metrics and the status. Every field only grows. */
export class ReplicationTotals {
  batchesSent = 0;
  batchesFailed = 0;
  eventsSent = 0;
  /** Events that fell out of the log before a peer had them, once for each such peer; a snapshot brings them. */
  eventsEvicted = 0;
  batchesReceived = 0;
  /** Batches that are not what they must be. */
  batchesRefused = 0;
  eventsReceived = 0;
  /** States of a kind that this release does not know. */
  eventsSkipped = 0;
  gapsFound = 0;
  snapshotsLoaded = 0;
  snapshotsFailed = 0;
  snapshotsServed = 0;
  /** Hints of one peer that were loaded whole. */
  hintsLoaded = 0;
  hintsFailed = 0;
  repairRounds = 0;
  /** Buckets that differed from a peer’s at every look, two to five. */
  bucketsDiverged = 0;
  /** States that repair brought and that were news. */
  statesRepaired = 0;
  /** Calls that Go peers took. */
  goCallsSent = 0;
  /** Calls that Go peers refused twice, and events that fell out of the log before a Go peer had them. */
  goCallsDropped = 0;
  goCallsReceived = 0;
  goCallsRefused = 0;
  /** Times that a peer was turned away since there were too many. */
  peersRefused = 0;
  failedLookups = 0;
  /** Of batches: how many fell into each bucket, and above all of them. */
  readonly latencyCounts: number[] = [...latencyBucketsMs, Number.POSITIVE_INFINITY].map(() => 0);
  latencySumMs = 0;

  /** Batches whose latency was observed. */
  get latencyCount(): number {
    return this.latencyCounts.reduce((sum, count) => sum + count, 0);
  }

  /** Counts one batch: from the call of its oldest event to the acknowledgement. */
  observeLatency(latencyMs: number): void {
    const bucket = latencyBucketsMs.findIndex((boundMs) => latencyMs <= boundMs);
    this.latencyCounts[bucket === -1 ? latencyBucketsMs.length : bucket]!++;
    this.latencySumMs += latencyMs;
  }
}
