import { Resolver } from 'node:dns/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NameServer } from './name-server.js';

let server: NameServer;
let resolver: Resolver;

beforeEach(async () => {
  server = await NameServer.start();
  resolver = new Resolver({ timeout: 50, tries: 1 });
  resolver.setServers([`${server.address.host}:${server.address.port}`]);
});
afterEach(() => server.close());

describe('NameServer', () => {
  it('answers A, AAAA and SRV from its records, names in any case', async () => {
    server.setAddresses('Mdc.test', ['127.0.0.2', '::1', '127.0.0.1']);
    server.setServices('_http._tcp.mdc.test', [{ target: 'a.mdc.test', port: 8080 }]);
    expect(await resolver.resolve4('mdc.TEST')).toEqual(['127.0.0.2', '127.0.0.1']);
    expect(await resolver.resolve6('mdc.test.')).toEqual(['::1']);
    expect(await resolver.resolveSrv('_http._tcp.mdc.test')).toEqual([
      expect.objectContaining({ name: 'a.mdc.test', port: 8080 }),
    ]);
  });

  it('changes its records as it runs', async () => {
    server.setAddresses('mdc.test', ['127.0.0.1']);
    expect(await resolver.resolve4('mdc.test')).toEqual(['127.0.0.1']);
    server.setAddresses('mdc.test', ['127.0.0.2']);
    expect(await resolver.resolve4('mdc.test')).toEqual(['127.0.0.2']);
    server.setAddresses('mdc.test', []);
    await expect(resolver.resolve4('mdc.test')).rejects.toMatchObject({ code: 'ENODATA' });
    server.remove('mdc.test');
    await expect(resolver.resolve4('mdc.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('fails, refuses and falls silent as it is told, for all questions or those of a type', async () => {
    server.setAddresses('mdc.test', ['127.0.0.1', '::1']);
    server.behave('SERVFAIL');
    await expect(resolver.resolve4('mdc.test')).rejects.toMatchObject({ code: 'ESERVFAIL' });
    server.behave('REFUSED');
    await expect(resolver.resolve4('mdc.test')).rejects.toMatchObject({ code: 'EREFUSED' });
    server.behave('answer');
    server.behave('silent', 'AAAA');
    await expect(resolver.resolve6('mdc.test')).rejects.toMatchObject({ code: 'ETIMEOUT' });
    expect(await resolver.resolve4('mdc.test')).toEqual(['127.0.0.1']);
  });

  it('gives by TCP what is too long for a datagram', async () => {
    const addresses = Array.from({ length: 1_500 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
    server.setAddresses('mdc.test', addresses);
    const patient = new Resolver({ timeout: 10_000, tries: 1 });
    patient.setServers([`${server.address.host}:${server.address.port}`]);
    expect(await patient.resolve4('mdc.test')).toEqual(addresses);
  });

  it('listens where it is told, and leaves the port when it is closed', async () => {
    const first = await NameServer.start('127.0.0.2');
    const { port } = first.address;
    await expect(NameServer.start('127.0.0.2', port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await first.close();
    const second = await NameServer.start('127.0.0.2', port);
    expect(second.address).toEqual({ host: '127.0.0.2', port });
    await second.close();
  });
});
