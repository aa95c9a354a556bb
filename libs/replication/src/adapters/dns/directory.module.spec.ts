import { NestFactory } from '@nestjs/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NameServer } from '#name-server';
import { Directory } from '../../application/ports/directory.js';
import { addressText } from '../../domain/peer-address.js';
import { DirectoryModule, type DirectoryOptions } from './directory.module.js';

const staticPeers = [{ host: '10.0.0.9', port: 9 }];
let server: NameServer;

beforeEach(async () => {
  server = await NameServer.start();
  server.setAddresses('mdc.test', ['127.0.0.2', '127.0.0.1']);
  server.setServices('mdc.test', [{ target: 'mdc.test', port: 9000 }]);
});
afterEach(() => server.close());

async function directoryOf(options: Partial<DirectoryOptions>): Promise<Directory> {
  const app = await NestFactory.createApplicationContext(
    DirectoryModule.forRoot({
      discovery: 'dns',
      host: 'mdc.test',
      port: 8080,
      dnsServers: [server.address],
      staticPeers: undefined,
      ...options,
    }),
    { logger: false },
  );
  return app.get(Directory);
}

async function found(options: Partial<DirectoryOptions>): Promise<string[]> {
  return (await (await directoryOf(options)).lookUp()).map(addressText);
}

describe('DirectoryModule', () => {
  it('binds Directory to what the options choose', async () => {
    expect(await found({})).toEqual(['127.0.0.1:8080', '127.0.0.2:8080']);
    expect(await found({ discovery: 'srv' })).toEqual(['127.0.0.1:9000', '127.0.0.2:9000']);
    expect(await found({ discovery: 'static', staticPeers })).toEqual(['10.0.0.9:9']);
  });

  it('asks the system where no name servers are given', async () => {
    expect(await found({ host: 'localhost', dnsServers: undefined })).toContain('127.0.0.1:8080');
  });

  it('knows of nobody where nothing is configured: one replica', async () => {
    expect(await found({ host: undefined, dnsServers: undefined })).toEqual([]);
  });

  it('adds static peers to what is found', async () => {
    expect(await found({ staticPeers })).toEqual(['10.0.0.9:9', '127.0.0.1:8080', '127.0.0.2:8080']);
    expect(await found({ staticPeers, host: undefined, dnsServers: undefined })).toEqual(['10.0.0.9:9']);
    expect(await found({ staticPeers, host: 'gone.test' })).toEqual(['10.0.0.9:9']);
  });

  it('tells of static peers though nothing could be found at first; then of the failure', async () => {
    server.behave('SERVFAIL');
    const directory = await directoryOf({ staticPeers });
    expect(await directory.lookUp()).toEqual(staticPeers);
    await expect(directory.lookUp()).rejects.toThrow('mdc.test: the name server failed (ESERVFAIL)');
    server.behave('answer');
    expect(await directory.lookUp()).toHaveLength(3);
    server.behave('SERVFAIL');
    await expect(directory.lookUp()).rejects.toThrow('ESERVFAIL');
  });

  it('has a limit for each look-up', async () => {
    server.behave('silent');
    const directory = await directoryOf({ limitMs: 50 });
    await expect(directory.lookUp()).rejects.toThrow('no answer');
  });
});
