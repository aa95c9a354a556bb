import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NameServer } from '#name-server';
import { directoryContract } from '#testing';
import { NameServerResolver } from './name-server-resolver.js';
import { SrvDirectory } from './srv-directory.js';
import { SystemResolver } from './system-resolver.js';

const name = '_http._tcp.mdc.test';
const patientMs = 10_000;

function directoryAsking({ address }: NameServer, limitMs = patientMs): SrvDirectory {
  const resolver = new NameServerResolver([address], limitMs);
  return new SrvDirectory(name, resolver, resolver, limitMs);
}

directoryContract('SRV records', async () => {
  const server = await NameServer.start();
  return {
    directory: directoryAsking(server),
    setReplicas: (replicas) => {
      server.setAddresses(
        'pods.mdc.test',
        replicas.map(({ host }) => host),
      );
      const ports = new Set(replicas.map(({ port }) => port));
      server.setServices(
        name,
        [...ports].map((port) => ({ target: 'pods.mdc.test', port })),
      );
    },
    setTelling: (canTell) => server.behave(canTell ? 'answer' : 'SERVFAIL'),
    close: () => server.close(),
  };
});

describe('SrvDirectory', () => {
  let server: NameServer;

  beforeEach(async () => {
    server = await NameServer.start();
  });
  afterEach(() => server.close());

  it('takes the port from each record, and all addresses of its target', async () => {
    server.setServices(name, [
      { target: 'b.mdc.test', port: 9000 },
      { target: 'a.mdc.test', port: 8080 },
      { target: 'a.mdc.test', port: 8081 },
    ]);
    server.setAddresses('a.mdc.test', ['127.0.0.1']);
    server.setAddresses('b.mdc.test', ['127.0.0.2', '::1']);
    expect(await directoryAsking(server).lookUp()).toEqual([
      { host: '127.0.0.1', port: 8080 },
      { host: '127.0.0.1', port: 8081 },
      { host: '127.0.0.2', port: 9000 },
      { host: '::1', port: 9000 },
    ]);
  });

  it('leaves out targets that do not exist, and what says that there is no service', async () => {
    server.setServices(name, [
      { target: 'gone.mdc.test', port: 8080 },
      { target: '.', port: 8080 },
      { target: 'a.mdc.test', port: 0 },
      { target: 'a.mdc.test', port: 8080 },
    ]);
    server.setAddresses('a.mdc.test', ['127.0.0.1']);
    expect(await directoryAsking(server).lookUp()).toEqual([{ host: '127.0.0.1', port: 8080 }]);
  });

  it('takes it for an answer that the name does not exist', async () => {
    expect(await directoryAsking(server).lookUp()).toEqual([]);
  });

  it('can’t tell where a target’s addresses can’t be had, and names the target', async () => {
    server.setServices(name, [{ target: 'a.mdc.test', port: 8080 }]);
    server.setAddresses('a.mdc.test', ['127.0.0.1']);
    server.behave('SERVFAIL', 'A', 'AAAA');
    await expect(directoryAsking(server).lookUp()).rejects.toThrow(
      'a.mdc.test: the name server failed (ESERVFAIL)',
    );
  });

  it('has one limit for records and targets together', async () => {
    server.setServices(
      name,
      ['a', 'b', 'c', 'd', 'e'].map((pod) => ({ target: `${pod}.mdc.test`, port: 8080 })),
    );
    server.behave('silent', 'A', 'AAAA');
    const startedMs = performance.now();
    await expect(directoryAsking(server, 500).lookUp()).rejects.toThrow(/^a\.mdc\.test: no answer /);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });

  it('refuses more records than there can be replicas, before it asks for their targets', async () => {
    server.setServices(
      name,
      Array.from({ length: 1_001 }, (_, i) => ({ target: `pod-${i}.mdc.test`, port: 8080 })),
    );
    await expect(directoryAsking(server).lookUp()).rejects.toThrow(`${name}: more than 1000 addresses`);
    expect(server.questions).toBeLessThan(5);
  });

  it('asks the system for the targets where it is to', async () => {
    server.setServices(name, [
      { target: 'a.mdc.test', port: 1 },
      { target: 'b.mdc.test', port: 2 },
    ]);
    const asked: string[] = [];
    const system = new SystemResolver(async (target) => {
      asked.push(target);
      return [{ address: '127.0.0.1' }];
    });
    const services = new NameServerResolver([server.address], patientMs);
    expect(await new SrvDirectory(name, services, system, patientMs).lookUp()).toHaveLength(2);
    expect(asked.toSorted()).toEqual(['a.mdc.test', 'b.mdc.test']);
  });
});
