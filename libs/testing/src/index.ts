export {
  type DirectoryHarness,
  type DirectoryTraits,
  directoryContract,
  replicaPort,
} from './contracts/directory-contract.js';
export { ManualClock } from './manual-clock.js';
