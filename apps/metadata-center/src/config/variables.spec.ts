import { describe, expect, it } from 'vitest';
import { variables } from './variables.js';

type Key = keyof typeof variables;
type Bounds = readonly [key: Key, least: string, most: string, below: string | undefined, above: string];

/** The least and the most of each variable that has them, and the nearest that is refused. */
const bounds: readonly Bounds[] = [
  ['httpPort', '0', '65535', undefined, '65536'],
  ['adminPort', '0', '65535', undefined, '65536'],
  ['loadRequestExpiryMs', '1s', '24h', '999ms', '24h1ms'],
  ['loadGcIntervalMs', '10ms', '1h', '9ms', '1h1ms'],
  ['maxRequests', '1', '100000000', '0', '100000001'],
  ['maxEngines', '1', '10000000', '0', '10000001'],
  ['maxClusters', '1', '10000000', '0', '10000001'],
  ['maxTombstones', '1', '100000000', '0', '100000001'],
  ['maxMetricEngines', '0', '10000000', undefined, '10000001'],
  ['cacheMaxEngineBlocks', '1', '100000000', '0', '100000001'],
  ['cacheMaxBlocks', '1', '100000000', '0', '100000001'],
  ['cacheExpiryMs', '1s', '24h', '999ms', '24h1ms'],
  ['dnsLookupIntervalMs', '100ms', '24h', '99ms', '24h1ms'],
  ['replicaTargetPort', '1', '65535', '0', '65536'],
  ['replicaDialTimeoutMs', '1ms', '1m', '999us', '1m1ms'],
  ['replicaRequestTimeoutMs', '1ms', '1m', '999us', '1m1ms'],
  ['replicaMaxIdleConnections', '1', '65536', '0', '65537'],
  ['replicaIdleConnectionTimeoutMs', '1s', '24h', '999ms', '24h1ms'],
  ['replicaKeepAlivePeriodMs', '1s', '1h', '999ms', '1h1ms'],
  ['replicationLogEvents', '1000', '16777216', '999', '16777217'],
  ['replicationLogBytes', '1MiB', '8GiB', '1023KiB', '8589934593'],
  ['bootstrapTimeoutMs', '100ms', '10m', '99ms', '10m1ms'],
];

describe('variables', () => {
  it.each(bounds)('%s goes from %s to %s', (key, least, most, below, above) => {
    const { format } = variables[key];
    expect(format.parse(least)).toBeDefined();
    expect(format.parse(most)).toBeDefined();
    if (below !== undefined) expect(format.parse(below)).toBeUndefined();
    expect(format.parse(above)).toBeUndefined();
  });

  it('have bounds in the table above wherever they are numbers', () => {
    const numbers = Object.entries(variables).filter(([, { format }]) => / from \d/.test(format.allowed));
    expect(numbers.map(([key]) => key)).toEqual(bounds.map(([key]) => key));
  });
});
