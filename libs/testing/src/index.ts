export {
  type DirectoryHarness,
  type DirectoryTraits,
  directoryContract,
  replicaPort,
} from './contracts/directory-contract.js';
export {
  type PeerClientHarness,
  type PeerClientTraits,
  peerClientContract,
  type ServedPeer,
  silence,
} from './contracts/peer-client-contract.js';
export {
  type ReplicatedStateHarness,
  replicatedStateContract,
} from './contracts/replicated-state-contract.js';
export { ManualClock } from './manual-clock.js';
export { ManualTimers } from './manual-timers.js';
export { type Mood, NameServer, type ServiceRecord } from './name-server.js';
export { GrowingNumbers } from './replication/growing-numbers.js';
export { RecordedNews } from './replication/recorded-news.js';
export { type ReplicaParts, replicaParts } from './replication/replica-parts.js';
export { ScriptedPeers } from './replication/scripted-peers.js';
