export {
  type DirectoryHarness,
  type DirectoryTraits,
  directoryContract,
  replicaPort,
} from './contracts/directory-contract.js';
export { type GoEvent, GoReplica } from './go-replica.js';
export { ManualClock } from './manual-clock.js';
export { ManualTimers } from './manual-timers.js';
export { type Mood, NameServer, type ServiceRecord } from './name-server.js';
