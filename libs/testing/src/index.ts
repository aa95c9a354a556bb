export {
  type DirectoryHarness,
  type DirectoryTraits,
  directoryContract,
  replicaPort,
} from './contracts/directory-contract.js';
export { type HintHarness, hintContract } from './contracts/hint-contract.js';
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
export { type GoEvent, GoReplica } from './go-replica.js';
export { ManualClock } from './manual-clock.js';
export { ManualTimers } from './manual-timers.js';
export { GrowingNumbers } from './replication/growing-numbers.js';
export { NoState } from './replication/no-state.js';
export { RecordedNews } from './replication/recorded-news.js';
export { type ReplicaParts, replicaParts } from './replication/replica-parts.js';
export { ScriptedPeers } from './replication/scripted-peers.js';
export { SeededRandom } from './simulation/seeded-random.js';
export { type DirectoryMood, SimulatedDirectory } from './simulation/simulated-directory.js';
export {
  type LinkTraits,
  type NetworkPlace,
  SimulatedNetwork,
  soundLink,
} from './simulation/simulated-network.js';
export { type PeerServer, SimulatedPeerClient } from './simulation/simulated-peer-client.js';
export { type ProcessTraits, SimulatedProcess } from './simulation/simulated-process.js';
export { SimulatedTime } from './simulation/simulated-time.js';
