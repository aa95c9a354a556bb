export { DirectoryModule, type DirectoryOptions } from './adapters/dns/directory.module.js';
export { JournalLogModule } from './adapters/log/journal-log.js';
export { SystemTimersModule } from './adapters/timer/system-timers.js';
export type { OutgoingBatch } from './application/batch-format.js';
export { EventFeed } from './application/event-feed.js';
export { Directory, DirectoryError } from './application/ports/directory.js';
export { type GoCall, GoWire } from './application/ports/go-wire.js';
export type { Journal, ReplicationNews } from './application/ports/journal.js';
export type {
  BatchAnswer,
  DigestAnswer,
  DigestRequest,
  PeerClient,
  SnapshotRequest,
  SnapshotStream,
} from './application/ports/peer-client.js';
export {
  type DigestWindow,
  type KnownState,
  ReplicatedState,
  type StateAges,
  type StateSelection,
  WireError,
} from './application/ports/replicated-state.js';
export { ReplicatedStates } from './application/replicated-states.js';
export { Replication } from './application/replication.js';
export { EventLog, type LogLimits } from './domain/event-log.js';
export { OwnAddresses } from './domain/own-addresses.js';
export { type PeerAddress, addressText } from './domain/peer-address.js';
export { ReplicationTotals } from './domain/replication-totals.js';
export { bucketCount, StateDigest } from './domain/state-digest.js';
export { ThisReplica } from './domain/this-replica.js';
export { type ReplicationOptions, ReplicationModule } from './replication.module.js';
