import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { freePort } from '../test-support/fake-service.js';
import { refuseTakenPort } from './ports.js';

describe('refuseTakenPort', () => {
  it('leaves a free port free', async () => {
    const wanted = { host: '127.0.0.1', port: await freePort(), flag: '--port' };
    await refuseTakenPort(wanted);
    await refuseTakenPort(wanted);
  });

  it('names the remedy where the port is in use', async () => {
    await using server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await expect(refuseTakenPort({ host: '127.0.0.1', port, flag: '--admin-port' })).rejects.toThrow(
      `127.0.0.1 port ${port}: the port is in use; end what listens there, or choose another by --admin-port`,
    );
  });

  it('names the remedy where the machine does not have the address', async () => {
    // Of the addresses for documentation (RFC 5737): nobody has it.
    await expect(refuseTakenPort({ host: '192.0.2.1', port: 8080, flag: '--port' })).rejects.toThrow(
      'this machine does not have the address; on macOS: sudo ifconfig lo0 alias 192.0.2.1',
    );
  });
});
