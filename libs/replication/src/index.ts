export { DirectoryModule, type DirectoryOptions } from './adapters/dns/directory.module.js';
export { JournalLogModule } from './adapters/log/journal-log.js';
export { SystemTimersModule } from './adapters/timer/system-timers.js';
export { EventFeed } from './application/event-feed.js';
export { Directory, DirectoryError } from './application/ports/directory.js';
export { type GoCall, GoWire } from './application/ports/go-wire.js';
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
export { OwnAddresses } from './domain/own-addresses.js';
export { type PeerAddress, addressText } from './domain/peer-address.js';
export { bucketCount, type StateDigest } from './domain/state-digest.js';
export { type ReplicationOptions, ReplicationModule } from './replication.module.js';
