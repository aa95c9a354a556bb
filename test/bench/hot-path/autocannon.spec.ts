import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CannonPlan, runCannon } from './autocannon.ts';
import { type Call, callOf, filler } from './calls.ts';

const query = callOf('GET', '/v1/load/stats?cluster=a');
const record = callOf('POST', '/v1/load/stats', '{"id":"r-{number}","ip":"{address}","lane":"{lane}"}');
const release = callOf('DELETE', '/v1/load/prompt', '{"id":"r-{number}","digit":{digit}}', { lag: 20 });
const bad = callOf('POST', '/bad', '{"id":"r-{number}"', { status: 400 });

describe('autocannon', () => {
  const server = createServer(answer);
  /** What came over each connection. */
  let received: string[];

  server.on('connection', (socket) => {
    const nth = received.push('') - 1;
    socket.on('data', (chunk: Buffer) => (received[nth] += chunk.toString('latin1')));
  });
  beforeEach(async () => {
    received = [];
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    server.close();
  });

  function planOf(calls: readonly Call[], count: number, connections: number): CannonPlan {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { url, calls, first: 1_000, count, connections, seconds: 1, cores: undefined };
  }

  it('sends the bytes of the calls in turn, each round with the next number, and nothing else', async () => {
    const calls = [query, record, release];
    await runCannon(planOf(calls, 100, 1));
    expect(received).toEqual([textsOfAll(calls, 100).join('')]);
  });

  it('counts all its connections together, without a gap or a repeat', async () => {
    const calls = [record, release];
    const tally = await runCannon(planOf(calls, 1_001, 8));
    expect(tally).toEqual({
      calls: 1_001,
      durationUs: expect.any(Number),
      failures: 0,
      brokenConnections: 0,
    });
    expect(received).toHaveLength(8);
    const texts = received.flatMap((bytes) => bytes.split(/(?=POST|DELETE)/));
    expect(texts.sort()).toEqual(textsOfAll(calls, 1_001).sort());
  });

  it('counts what is answered with an error', async () => {
    const tally = await runCannon(planOf([record, record, record, record, bad], 500, 8));
    expect(tally).toMatchObject({ calls: 500, failures: 100, brokenConnections: 0 });
  });

  it.each(['end', 'reset'])('counts the connections that the server breaks by %s', async (way) => {
    const calls = [record, callOf('GET', `/${way}`), record];
    const tally = await runCannon(planOf(calls, 30, 1));
    expect(tally).toMatchObject({ calls: 20, failures: 0, brokenConnections: 10 });
  });
});

function textsOfAll(calls: readonly Call[], count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const { text, lag } = calls[index % calls.length]!;
    return filler(text)(1_000 + Math.floor(index / calls.length) - lag);
  });
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  if (request.url === '/end') request.socket.end();
  else if (request.url === '/reset') request.socket.resetAndDestroy();
  else response.writeHead(request.url === '/bad' ? 400 : 200).end('{}');
}
