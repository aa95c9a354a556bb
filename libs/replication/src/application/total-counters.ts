import type { ReplicationTotals } from '../domain/replication-totals.js';

/** A name in snake case, what is counted, and where it stands. */
type Counter = readonly [name: string, help: string, valueOf: (totals: ReplicationTotals) => number];

/** What is counted since the start, as metrics and the status tell of it: one place for both. */
export const totalCounters: readonly Counter[] = [
  ['batches_sent', 'Batches sent to peers, heartbeats among them', (totals) => totals.batchesSent],
  [
    'batches_failed',
    'Batches and calls of Go peers that got no right answer',
    (totals) => totals.batchesFailed,
  ],
  ['batches_received', 'Batches of other replicas that were merged', (totals) => totals.batchesReceived],
  ['batches_refused', 'Batches that were malformed, and refused whole', (totals) => totals.batchesRefused],
  ['events_sent', 'Events in the batches sent, repetitions among them', (totals) => totals.eventsSent],
  ['events_received', 'Events in the batches that were merged', (totals) => totals.eventsReceived],
  [
    'events_skipped',
    'Events of other replicas of a kind that this release does not know',
    (totals) => totals.eventsSkipped,
  ],
  [
    'events_evicted',
    'Events that fell out of the log before a peer had them, once for each such peer',
    (totals) => totals.eventsEvicted,
  ],
  ['gaps', 'Batches before which events were missing', (totals) => totals.gapsFound],
  ['snapshots_loaded', 'Snapshots of peers that were loaded', (totals) => totals.snapshotsLoaded],
  ['snapshots_failed', 'Snapshots of peers that could not be loaded', (totals) => totals.snapshotsFailed],
  [
    'snapshots_served',
    'Snapshots given to other replicas, those of single buckets and of hints among them',
    (totals) => totals.snapshotsServed,
  ],
  [
    'hints_loaded',
    'Snapshots of the hints of a peer that were loaded: once after a start that found one',
    (totals) => totals.hintsLoaded,
  ],
  [
    'hints_failed',
    'Snapshots of the hints of a peer that could not be loaded whole; another peer is tried, or the same one later',
    (totals) => totals.hintsFailed,
  ],
  ['repair_rounds', 'Comparisons with all peers', (totals) => totals.repairRounds],
  [
    'buckets_diverged',
    'Buckets of 256 in which a peer differed at every look',
    (totals) => totals.bucketsDiverged,
  ],
  [
    'states_repaired',
    'States that a comparison brought and that were news',
    (totals) => totals.statesRepaired,
  ],
  ['go_calls_sent', 'Calls that peers of the Go service took', (totals) => totals.goCallsSent],
  [
    'go_calls_dropped',
    'Calls that peers of the Go service refused twice, and events that fell out of the log before one had them',
    (totals) => totals.goCallsDropped,
  ],
  ['go_calls_received', 'Calls of peers of the Go service', (totals) => totals.goCallsReceived],
  [
    'go_calls_refused',
    'Calls of peers of the Go service that were malformed',
    (totals) => totals.goCallsRefused,
  ],
  [
    'peers_refused',
    'Times a peer was turned away since there were too many',
    (totals) => totals.peersRefused,
  ],
  ['failed_lookups', 'Look-ups of replicas that failed', (totals) => totals.failedLookups],
];
