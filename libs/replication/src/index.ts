export { DirectoryModule, type DirectoryOptions } from './adapters/dns/directory.module.js';
export { JournalLogModule } from './adapters/log/journal-log.js';
export { SystemTimersModule } from './adapters/timer/system-timers.js';
export {
  type Batch,
  type OutgoingBatch,
  batchText,
  readChunk,
  readSnapshotHeader,
} from './application/batch-format.js';
export { BootstrapReplica } from './application/bootstrap-replica.js';
export { CloseGap } from './application/close-gap.js';
export { EventFeed } from './application/event-feed.js';
export { FollowDirectory } from './application/follow-directory.js';
export { LoadSnapshot } from './application/load-snapshot.js';
export { MergeEvents } from './application/merge-events.js';
export { Mesh } from './application/mesh.js';
export { Clock } from './application/ports/clock.js';
export { Directory, DirectoryError } from './application/ports/directory.js';
export { type GoCall, GoWire } from './application/ports/go-wire.js';
export { Journal, type ReplicationNews } from './application/ports/journal.js';
export {
  type BatchAnswer,
  type DigestAnswer,
  type DigestRequest,
  PeerClient,
  PeerError,
  type SnapshotRequest,
  type SnapshotStream,
} from './application/ports/peer-client.js';
export { Random } from './application/ports/random.js';
export {
  type DigestWindow,
  type KnownState,
  ReplicatedState,
  type StateAges,
  type StateSelection,
  WireError,
} from './application/ports/replicated-state.js';
export { Timers } from './application/ports/timers.js';
export { ReceiveBatch } from './application/receive-batch.js';
export { ReceiveGoEvent } from './application/receive-go-event.js';
export { RecallHints } from './application/recall-hints.js';
export { RepairDivergence } from './application/repair-divergence.js';
export { ReplicatedStates } from './application/replicated-states.js';
export { Replication } from './application/replication.js';
export { ServeSnapshot, type SnapshotSelection } from './application/serve-snapshot.js';
export { TakeDigest } from './application/take-digest.js';
export { EventLog, type LogLimits } from './domain/event-log.js';
export { OwnAddresses } from './domain/own-addresses.js';
export { type PeerAddress, addressText, peerAddressOf } from './domain/peer-address.js';
export { ReceivedCursors } from './domain/received-cursors.js';
export { ReplicationTotals } from './domain/replication-totals.js';
export { bucketCount, StateDigest } from './domain/state-digest.js';
export { ThisReplica } from './domain/this-replica.js';
export { type ReplicationOptions, ReplicationModule } from './replication.module.js';
