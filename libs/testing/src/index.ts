export { ManualClock } from './manual-clock.js';
export { type Mood, NameServer, type ServiceRecord } from './name-server.js';
