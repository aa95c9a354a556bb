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
