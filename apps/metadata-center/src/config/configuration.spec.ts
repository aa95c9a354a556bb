import { describe, expect, it } from 'vitest';
import { ConfigurationError, readConfiguration, unknownVariables } from './configuration.js';
import { variables } from './variables.js';

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfiguration(environment);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as ConfigurationError).problems;
  }
  return [];
}

describe('readConfiguration', () => {
  it('needs nothing: every variable has a default or is optional', () => {
    expect(readConfiguration({})).toEqual({
      httpHost: '0.0.0.0',
      httpPort: 8080,
      adminPort: 8081,
      logLevel: 'INFO',
      logFormat: 'json',
      accessLog: 'errors',
      apiMode: 'lenient',
      loadRequestExpiryMs: 600_000,
      loadGcIntervalMs: 1_000,
      maxRequests: 1_000_000,
      maxEngines: 100_000,
      maxClusters: 10_000,
      maxTombstones: 8_388_608,
      maxMetricEngines: 20_000,
      cacheMaxEngineBlocks: 131_072,
      cacheMaxBlocks: 8_388_608,
      cacheExpiryMs: 3_600_000,
      podIp: undefined,
      discovery: 'dns',
      discoveryHost: undefined,
      dnsLookupIntervalMs: 5_000,
      dnsServers: undefined,
      staticPeers: undefined,
      replicaTargetPort: undefined,
      replicaDialTimeoutMs: 500,
      replicaRequestTimeoutMs: 1_000,
      replicaMaxIdleConnections: 1_024,
      replicaIdleConnectionTimeoutMs: 300_000,
      replicaKeepAlivePeriodMs: 10_000,
      replicationLogEvents: 131_072,
      replicationLogBytes: 67_108_864,
      bootstrapTimeoutMs: 10_000,
    });
  });

  it('reads every variable', () => {
    const texts: Record<keyof typeof variables, [text: string, value: unknown]> = {
      httpHost: ['127.0.0.1', '127.0.0.1'],
      httpPort: ['0', 0],
      adminPort: ['9091', 9091],
      logLevel: ['debug', 'DEBUG'],
      logFormat: ['TEXT', 'text'],
      accessLog: ['All', 'all'],
      apiMode: ['strict', 'strict'],
      loadRequestExpiryMs: ['1m30s', 90_000],
      loadGcIntervalMs: ['250ms', 250],
      maxRequests: ['1', 1],
      maxEngines: ['2', 2],
      maxClusters: ['3', 3],
      maxTombstones: ['4', 4],
      maxMetricEngines: ['0', 0],
      cacheMaxEngineBlocks: ['5', 5],
      cacheMaxBlocks: ['6', 6],
      cacheExpiryMs: ['2h', 7_200_000],
      podIp: ['10.0.0.7', '10.0.0.7'],
      discovery: ['SRV', 'srv'],
      discoveryHost: ['mdc.svc', 'mdc.svc'],
      dnsLookupIntervalMs: ['1s', 1_000],
      dnsServers: ['10.0.0.53', [{ host: '10.0.0.53', port: 53 }]],
      staticPeers: ['mdc-1:8080', [{ host: 'mdc-1', port: 8080 }]],
      replicaTargetPort: ['80', 80],
      replicaDialTimeoutMs: ['100ms', 100],
      replicaRequestTimeoutMs: ['200ms', 200],
      replicaMaxIdleConnections: ['16', 16],
      replicaIdleConnectionTimeoutMs: ['1m', 60_000],
      replicaKeepAlivePeriodMs: ['15s', 15_000],
      replicationLogEvents: ['1000', 1_000],
      replicationLogBytes: ['2MiB', 2_097_152],
      bootstrapTimeoutMs: ['3s', 3_000],
    };
    const entries = Object.entries(texts) as [keyof typeof variables, [string, unknown]][];
    const environment = Object.fromEntries(entries.map(([key, [text]]) => [variables[key].name, text]));
    expect(readConfiguration(environment)).toEqual(
      Object.fromEntries(entries.map(([key, [, value]]) => [key, value])),
    );
  });

  it('takes an empty or blank variable for unset, and text with blanks around it', () => {
    const { httpPort, podIp, logLevel } = readConfiguration({
      METADATA_CENTER_HTTP_PORT: '',
      POD_IP: ' ',
      METADATA_CENTER_LOG_LEVEL: ' WARN\n',
    });
    expect([httpPort, podIp, logLevel]).toEqual([8080, undefined, 'WARN']);
  });

  it.each(Object.values(variables))('names $name, its value and what is allowed', ({ name, format }) => {
    expect(problemsOf({ [name]: '?' })).toEqual([`${name} is "?"; it must be ${format.allowed}`]);
  });

  it('names all that is wrong at once', () => {
    const environment = { METADATA_CENTER_API_MODE: 'loose', METADATA_CENTER_LOAD_REQ_EXPIRE: '600' };
    expect(problemsOf(environment)).toEqual([
      'METADATA_CENTER_API_MODE is "loose"; it must be lenient | strict',
      'METADATA_CENTER_LOAD_REQ_EXPIRE is "600"; it must be a duration from 1s to 24h, like 500ms, 5s or 1m30s',
    ]);
  });

  const host = { META_DATA_CENTER_SVC_DISC_HOST: 'mdc.svc' };
  const servers = { METADATA_CENTER_DNS_SERVERS: '10.0.0.53' };

  it.each([
    [
      { METADATA_CENTER_DISCOVERY: 'static' },
      { METADATA_CENTER_STATIC_PEERS: 'a:1' },
      'METADATA_CENTER_DISCOVERY is "static", which needs METADATA_CENTER_STATIC_PEERS: set it to host:port, …',
    ],
    [
      { METADATA_CENTER_DISCOVERY: 'srv' },
      host,
      'METADATA_CENTER_DISCOVERY is "srv", which needs META_DATA_CENTER_SVC_DISC_HOST: ' +
        'set it to the name of the SRV records',
    ],
    [
      servers,
      host,
      'METADATA_CENTER_DNS_SERVERS needs META_DATA_CENTER_SVC_DISC_HOST, the name to ask them for: ' +
        'set that too, or leave METADATA_CENTER_DNS_SERVERS out',
    ],
  ])('stops %j, which needs %j', (environment, needed, problem) => {
    expect(problemsOf(environment)).toEqual([problem]);
    expect(problemsOf({ ...environment, ...needed })).toEqual([]);
    const [name] = Object.keys(needed);
    expect(problemsOf({ ...environment, [name!]: ' ' })).toEqual([problem]);
    const [nonsense, ...others] = problemsOf({ ...environment, [name!]: '?' });
    expect(nonsense).toContain(`${name} is "?"`);
    expect(others).toEqual([]);
  });

  it('names all that is missing at once', () => {
    expect(problemsOf({ METADATA_CENTER_DISCOVERY: 'srv', ...servers })).toHaveLength(2);
  });

  it('keeps a problem to a line, however long or strange the value', () => {
    const [problem] = problemsOf({ POD_IP: `1\n\u001b[2J${'9'.repeat(10_000)}` });
    expect(problem).toMatch(/^POD_IP is "1\\n.{1,100}…; it must be an IPv4 or IPv6 address$/);
    expect(problem).not.toContain('\u001b');
  });

  it('gives what nobody can change', () => {
    const config = readConfiguration({ METADATA_CENTER_STATIC_PEERS: 'a:1' });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.staticPeers)).toBe(true);
  });

  it('has a default that its own format takes, and a name of its own, for each', () => {
    const all = Object.values(variables);
    for (const { format, default: text } of all) {
      if (text !== undefined) expect(format.parse(text)).toBeDefined();
    }
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });
});

describe('unknownVariables', () => {
  it('names what is misspelt, and nothing that is known or foreign', () => {
    const environment = {
      METADATA_CENTER_ACESS_LOG: 'all',
      METADATA_CENTER_ACCESS_LOG: 'all',
      METADATA_CENTRE_HTTP_PORT: '1',
      METADATA_CENTER_MAX_REQUEST: '1',
      PATH: '/bin',
    };
    expect(unknownVariables(environment)).toEqual([
      'METADATA_CENTER_ACESS_LOG',
      'METADATA_CENTER_MAX_REQUEST',
    ]);
  });

  it('knows what Kubernetes sets for Services', () => {
    const links = [
      'METADATA_CENTER_SERVICE_HOST',
      'METADATA_CENTER_SERVICE_PORT',
      'METADATA_CENTER_SERVICE_PORT_HTTP',
      'METADATA_CENTER_PORT',
      'METADATA_CENTER_PORT_8080_TCP',
      'METADATA_CENTER_PORT_8080_TCP_ADDR',
      'METADATA_CENTER_REPLICAS_SERVICE_HOST',
    ];
    expect(unknownVariables(Object.fromEntries(links.map((name) => [name, 'x'])))).toEqual([]);
  });
});
