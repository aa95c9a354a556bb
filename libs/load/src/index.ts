export { SystemClockModule } from './adapters/clock/system-clock.module.js';
export { ReplicatedChangesModule } from './adapters/replication/replicated-changes.js';
export { Clock } from './application/ports/clock.js';
export { LoadModule } from './load.module.js';
