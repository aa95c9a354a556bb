import { logLevels } from '#platform';
import {
  type Format,
  addresses,
  duration,
  hostName,
  integer,
  ipAddress,
  ipAddresses,
  oneOf,
  size,
} from './formats.js';

/** An environment variable: its name, what it may hold, and the text that stands for it where it is unset. */
export interface Variable<T, Default extends string | undefined> {
  readonly name: string;
  readonly format: Format<T>;
  readonly default: Default;
}

function variable<T>(name: string, format: Format<T>, defaultText: string): Variable<T, string> {
  return { name, format, default: defaultText };
}

function optional<T>(name: string, format: Format<T>): Variable<T, undefined> {
  return { name, format, default: undefined };
}

const port = integer(0, 65_535);
const day = 86_400_000;
const mebibyte = 2 ** 20;

/** Every variable that the service reads. The names without METADATA_CENTER_ are those of its Go predecessor. */
export const variables = {
  httpHost: variable('METADATA_CENTER_HTTP_HOST', ipAddress, '0.0.0.0'),
  httpPort: variable('METADATA_CENTER_HTTP_PORT', port, '8080'),
  adminPort: variable('METADATA_CENTER_ADMIN_PORT', port, '8081'),
  logLevel: variable('METADATA_CENTER_LOG_LEVEL', oneOf(...logLevels), 'INFO'),
  logFormat: variable('METADATA_CENTER_LOG_FORMAT', oneOf('json', 'text'), 'json'),
  accessLog: variable('METADATA_CENTER_ACCESS_LOG', oneOf('errors', 'all', 'off'), 'errors'),
  apiMode: variable('METADATA_CENTER_API_MODE', oneOf('lenient', 'strict'), 'lenient'),
  loadRequestExpiryMs: variable('METADATA_CENTER_LOAD_REQ_EXPIRE', duration(1_000, day), '10m'),
  loadGcIntervalMs: variable('METADATA_CENTER_LOAD_GC_INTERVAL', duration(10, 3_600_000), '1s'),
  maxRequests: variable('METADATA_CENTER_MAX_REQUESTS', integer(1, 100_000_000), '1000000'),
  maxEngines: variable('METADATA_CENTER_MAX_ENGINES', integer(1, 10_000_000), '100000'),
  maxClusters: variable('METADATA_CENTER_MAX_CLUSTERS', integer(1, 10_000_000), '10000'),
  maxTombstones: variable('METADATA_CENTER_MAX_TOMBSTONES', integer(1, 100_000_000), '8388608'),
  maxMetricEngines: variable('METADATA_CENTER_MAX_METRIC_ENGINES', integer(0, 10_000_000), '20000'),
  cacheMaxEngineBlocks: variable(
    'METADATA_CENTER_CACHE_BLOCKS_PER_ENGINE',
    integer(1, 100_000_000),
    '131072',
  ),
  cacheMaxBlocks: variable('METADATA_CENTER_CACHE_MAX_BLOCKS', integer(1, 100_000_000), '8388608'),
  cacheExpiryMs: variable('METADATA_CENTER_CACHE_EXPIRE', duration(1_000, day), '1h'),
  podIp: optional('POD_IP', ipAddress),
  discovery: variable('METADATA_CENTER_DISCOVERY', oneOf('dns', 'srv', 'static'), 'dns'),
  discoveryHost: optional('META_DATA_CENTER_SVC_DISC_HOST', hostName),
  dnsLookupIntervalMs: variable('REPLICA_DNS_LOOKUP_INTERVAL', duration(100, day), '5s'),
  dnsServers: optional('METADATA_CENTER_DNS_SERVERS', ipAddresses(53)),
  staticPeers: optional('METADATA_CENTER_STATIC_PEERS', addresses),
  replicaTargetPort: optional('REPLICA_CLIENT_TARGET_PORT', integer(1, 65_535)),
  replicaDialTimeoutMs: variable('REPLICA_CLIENT_DIAL_TIMEOUT', duration(1, 60_000), '500ms'),
  replicaRequestTimeoutMs: variable('REPLICA_CLIENT_REQUEST_TIMEOUT', duration(1, 60_000), '1s'),
  replicaMaxIdleConnections: variable('REPLICA_CLIENT_MAX_IDLE_CONNS', integer(1, 65_536), '1024'),
  replicaIdleConnectionTimeoutMs: variable('REPLICA_CLIENT_IDLE_CONN_TIMEOUT', duration(1_000, day), '5m'),
  replicaKeepAlivePeriodMs: variable('REPLICA_CLIENT_KEEPALIVE_PERIOD', duration(1_000, 3_600_000), '10s'),
  replicationLogEvents: variable(
    'METADATA_CENTER_REPLICATION_LOG_EVENTS',
    integer(1_000, 16_777_216),
    '131072',
  ),
  replicationLogBytes: variable(
    'METADATA_CENTER_REPLICATION_LOG_BYTES',
    size(mebibyte, 8_192 * mebibyte),
    '64MiB',
  ),
  bootstrapTimeoutMs: variable('METADATA_CENTER_BOOTSTRAP_TIMEOUT', duration(100, 600_000), '10s'),
} as const satisfies Record<string, Variable<unknown, string | undefined>>;
