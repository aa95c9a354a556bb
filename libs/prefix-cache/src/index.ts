export { SystemClockModule } from './adapters/clock/system-clock.module.js';
export { ReplicatedPrefixEventsModule } from './adapters/replication/replicated-prefix-events.js';
export { Clock } from './application/ports/clock.js';
export { PrefixIndex } from './domain/prefix-index.js';
export { PrefixCacheModule } from './prefix-cache.module.js';
