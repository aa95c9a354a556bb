export { type Mood, NameServer, type ServiceRecord } from './name-server.js';
