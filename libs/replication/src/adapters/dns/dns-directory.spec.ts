import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NameServer } from '#name-server';
import { directoryContract, replicaPort } from '#testing';
import { DnsDirectory } from './dns-directory.js';
import { NameServerResolver } from './name-server-resolver.js';
import { SystemResolver } from './system-resolver.js';

const name = 'mdc.test';
const patientMs = 10_000;

function directoryAsking(servers: readonly NameServer[], limitMs = patientMs): DnsDirectory {
  const addresses = servers.map(({ address }) => address);
  return new DnsDirectory(name, replicaPort, new NameServerResolver(addresses, limitMs), limitMs);
}

directoryContract('A and AAAA records, from a name server', async () => {
  const server = await NameServer.start();
  return {
    directory: directoryAsking([server]),
    setReplicas: (replicas) =>
      server.setAddresses(
        name,
        replicas.map(({ host }) => host),
      ),
    setTelling: (canTell) => server.behave(canTell ? 'answer' : 'SERVFAIL'),
    close: () => server.close(),
  };
});

directoryContract('A and AAAA records, by the system', () => {
  let hosts: string[] = [];
  let canTell = true;
  const system = new SystemResolver(async () => {
    if (!canTell) throw Object.assign(new Error('getaddrinfo EAI_AGAIN'), { code: 'EAI_AGAIN' });
    if (hosts.length === 0) throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    return hosts.map((address) => ({ address }));
  });
  return {
    directory: new DnsDirectory(name, replicaPort, system, patientMs),
    setReplicas: (replicas) => (hosts = replicas.map(({ host }) => host)),
    setTelling: (can) => (canTell = can),
  };
});

describe('DnsDirectory with name servers of its own', () => {
  let server: NameServer;

  beforeEach(async () => {
    server = await NameServer.start();
  });
  afterEach(() => server.close());

  it('takes NXDOMAIN for an answer: there is nobody', async () => {
    server.setAddresses(name, ['127.0.0.1']);
    server.remove(name);
    expect(await directoryAsking([server]).lookUp()).toEqual([]);
  });

  it('spells each address in one way', async () => {
    server.setAddresses(name, ['10.0.0.1', '::ffff:10.0.0.1', '2001:db8:0:0::1']);
    expect(await directoryAsking([server]).lookUp()).toEqual([
      { host: '10.0.0.1', port: replicaPort },
      { host: '2001:db8::1', port: replicaPort },
    ]);
  });

  it.each([
    ['SERVFAIL', 'mdc.test: the name server failed (ESERVFAIL)'],
    ['REFUSED', 'mdc.test: the name server refused to answer (EREFUSED)'],
  ] as const)('names what was looked up and the reason: %s', async (mood, message) => {
    server.behave(mood);
    await expect(directoryAsking([server]).lookUp()).rejects.toThrow(message);
  });

  it('gives up a server that is silent within its limit', async () => {
    server.behave('silent');
    const startedMs = performance.now();
    await expect(directoryAsking([server], 100).lookUp()).rejects.toThrow(/^mdc\.test: no answer /);
    expect(performance.now() - startedMs).toBeLessThan(1_000);
    expect(server.questions).toBeGreaterThan(0);
    server.behave('answer');
    server.setAddresses(name, ['127.0.0.1']);
    expect(await directoryAsking([server]).lookUp()).toHaveLength(1);
  });

  it('says so where nobody listens', async () => {
    const gone = await NameServer.start('127.0.0.2');
    const { address } = gone;
    await gone.close();
    const resolver = new NameServerResolver([address], patientMs);
    const directory = new DnsDirectory(name, replicaPort, resolver, patientMs);
    await expect(directory.lookUp()).rejects.toThrow(
      'mdc.test: no name server can be reached (ECONNREFUSED)',
    );
  });

  it.each(['SERVFAIL', 'silent'] as const)(
    'is content with one family where the other ends in %s',
    async (mood) => {
      server.setAddresses(name, ['127.0.0.1', '::1']);
      server.behave(mood, 'AAAA');
      const directory = directoryAsking([server], mood === 'silent' ? 500 : patientMs);
      expect(await directory.lookUp()).toEqual([{ host: '127.0.0.1', port: replicaPort }]);
    },
  );

  it('can’t tell where one family has none and the other failed', async () => {
    server.setAddresses(name, ['::1']);
    server.behave('SERVFAIL', 'AAAA');
    await expect(directoryAsking([server]).lookUp()).rejects.toThrow('ESERVFAIL');
  });

  it('asks the next server where the first is silent or fails', async () => {
    const second = await NameServer.start('127.0.0.2');
    second.setAddresses(name, ['127.0.0.1']);
    for (const mood of ['SERVFAIL', 'silent'] as const) {
      server.behave(mood);
      expect(await directoryAsking([server, second], 1_000).lookUp()).toHaveLength(1);
    }
    await second.close();
  });
});
