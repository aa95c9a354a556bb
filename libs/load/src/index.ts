export { SystemClockModule } from './adapters/clock/system-clock.module.js';
export { LoneReplicaModule } from './adapters/replication/lone-replica.js';
export { Clock } from './application/ports/clock.js';
export { LoadModule } from './load.module.js';
