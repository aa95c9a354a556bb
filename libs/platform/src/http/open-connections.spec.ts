import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, type Socket, connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OpenConnections } from './open-connections.js';

/** More than the buffers of both systems hold. */
const answer = Buffer.alloc(32 * 1024 * 1024, 'x');

describe('OpenConnections', () => {
  const server = createServer((_request, response) => response.end(answer));
  const connections = new OpenConnections(server);
  let client: Socket;

  beforeEach(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.write('GET / HTTP/1.1\r\nHost: test\r\n\r\n');
    await once(client, 'readable');
  });
  afterEach(() => {
    client.destroy();
    server.close();
  });

  it('waits until a slow client has all of its answer', async () => {
    const flushed = connections.flush().then(() => server.close());
    let length = 0;
    for await (const chunk of client) length += (chunk as Buffer).length;
    expect(length).toBeGreaterThan(answer.length);
    await flushed;
  });

  it('does not wait for a client that has gone', async () => {
    const flushed = connections.flush();
    client.destroy();
    await flushed;
  });

  it('does not wait where nothing is to be sent', async () => {
    client.resume();
    await connections.flush();
    await connections.flush();
  });
});
