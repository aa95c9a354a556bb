import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { call } from './support/call.js';
import { LoadCalls } from './support/load-calls.js';
import { exchange, openSocket, parseAnswer, received } from './support/raw.js';
import { type RunningReplica, startReplica } from './support/replica.js';

const keepAlive = { connection: 'keep-alive' };

/** What clients and probes see of a replica that is about to go. */
describe('a replica that drains', () => {
  let replica: RunningReplica;
  let calls: LoadCalls;
  beforeEach(async () => {
    replica = await startReplica();
    calls = new LoadCalls(replica.url);
  });
  afterEach(() => replica.close());

  it('answers load calls with 503, and changes nothing', async () => {
    await calls.record({ request_id: 'a' });
    replica.replica.readiness.drain();
    for (const answer of [
      await calls.record({ request_id: 'b' }),
      await calls.release({ request_id: 'a' }),
      await calls.remove({ request_id: 'a' }),
      await calls.query('c'),
    ]) {
      expect([answer.status, answer.body.error]).toEqual([
        503,
        { code: 50300000, message: 'this replica is draining; ask another one', reason: 'not_ready' },
      ]);
    }
    const { text } = await call('GET', `${replica.url}/metrics`);
    expect(text).toContain('queued_num{model_name="c",engine_ip="10.0.0.1"} 1\n');
    expect(text).toContain('metadata_center_ready 0\n');
  });

  it.each(['url', 'adminUrl'] as const)('is alive but not ready to the probes of its %s', async (port) => {
    const base = replica[port];
    const probe = async (path: string) => {
      const { status, body } = await call('GET', base + path);
      return [status, body.data, body.error?.code];
    };
    expect(await probe('/healthz')).toEqual([200, 'healthy', undefined]);
    expect(await probe('/readyz')).toEqual([200, 'ready', undefined]);
    replica.replica.readiness.drain();
    expect(await probe('/healthz')).toEqual([200, 'healthy', undefined]);
    expect(await probe('/readyz')).toEqual([503, null, 50300000]);
  });

  it('closes connections with its answers, whatever they are', async () => {
    const open = await call('GET', `${replica.url}/healthz`, undefined, keepAlive);
    expect(open.headers.connection).toBe('keep-alive');
    replica.replica.readiness.drain();
    for (const path of ['/healthz', '/v1/load/stats?cluster=c', '/metrics', '/nowhere', '/%zz']) {
      const { headers } = await call('GET', replica.url + path, undefined, keepAlive);
      expect([path, headers.connection]).toEqual([path, 'close']);
    }
    expect(parseAnswer(await exchange(replica.port, 'garbage\r\n\r\n')).head).toContain('Connection: close');
  });

  it('leaves no timer behind when it has gone', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      await replica.close();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('still takes a call whose body is on its way', async () => {
    const socket = await openSocket(replica.port);
    const text = received(socket);
    const body = '{"cluster":"c","request_id":"late","ip":"10.0.0.1"}';
    const routed = new Promise<void>((resolve) => {
      replica.replica.api.getHttpServer().once('request', () => resolve());
    });
    socket.write(`POST /v1/load/stats HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`);
    await routed;
    replica.replica.readiness.drain();
    socket.write(body);
    const answer = parseAnswer(await text);
    expect(answer).toMatchObject({ status: 200, body: { status: 'OK', data: null } });
    expect(answer.head).toMatch(/^connection: close$/im);
  });
});
