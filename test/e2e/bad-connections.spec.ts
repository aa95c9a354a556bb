import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MetricSources } from '#platform';
import { LoadCalls } from './support/load-calls.js';
import { callsSeries, scrape } from './support/metrics.js';
import { exchange, openSocket, parseAnswer, received } from './support/raw.js';
import { type RunningReplica, startReplica } from './support/replica.js';
import { ways } from './support/ways.js';

const envelopeOf = (code: number, reason: string) => ({
  status: 'ERROR',
  error: { code, message: expect.any(String), reason },
  data: null,
  trace_id: expect.stringMatching(/./),
});

/** Clients that speak no good HTTP, too slowly, or not to the end. */
describe.each(ways)('bad connections, by the $name', ({ connection }) => {
  const host = `Host: replica\r\nConnection: ${connection}\r\n`;
  const beginsPost = `POST /v1/load/stats HTTP/1.1\r\n${host}TraceId: slow\r\nContent-Length: 100\r\n\r\n{"cluster":`;
  const beginsChunks = `POST /v1/load/stats HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n`;
  let replica: RunningReplica;
  let server: Server;
  beforeEach(async () => {
    replica = await startReplica();
    server = replica.replica.api.getHttpServer() as Server;
  });
  afterEach(async () => {
    expect((await new LoadCalls(replica.url).query('c')).status).toBe(200);
    expect(replica.logLines.filter((line) => /"level":"(ERROR|FATAL)"/.test(line))).toEqual([]);
    await replica.close();
  });

  const counted = async (url: string, method: string, status: number) =>
    (await scrape(replica.url)).get(callsSeries(url, method, status)) ?? 0;
  /** All calls counted except the scrapes. */
  const countedInAll = async () => {
    const counts = [...(await scrape(replica.url))].filter(
      ([series]) => series.startsWith('http_request_status_code_total') && !series.includes('"/metrics"'),
    );
    return counts.reduce((sum, [, count]) => sum + count, 0);
  };

  describe('malformed HTTP', () => {
    it.each([
      ['garbage', '\u0000\u0001garbage\r\n\r\n'],
      ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
      ['TLS', Buffer.from('16030100a5010000a10303', 'hex')],
      ['a space in the URL', `GET /a b HTTP/1.1\r\n${host}\r\n`],
      ['no header name', `GET /healthz HTTP/1.1\r\n${host}: x\r\n\r\n`],
      ['a control character in a header', `GET /healthz HTTP/1.1\r\n${host}TraceId: a\u0000b\r\n\r\n`],
      ['no number as length', `POST /v1/load/stats HTTP/1.1\r\n${host}Content-Length: x\r\n\r\n{}`],
      ['two lengths', `POST /a HTTP/1.1\r\n${host}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}`],
      ['a length and chunks', `${beginsChunks.replace('\r\n\r\n', '\r\nContent-Length: 2\r\n\r\n')}{}`],
      ['an unknown encoding', `POST /a HTTP/1.1\r\n${host}Transfer-Encoding: gzip\r\n\r\n{}`],
    ])('%s is answered with 400 and the envelope', async (_, bytes) => {
      const { status, head, body } = parseAnswer(await exchange(replica.port, bytes));
      expect(status).toBe(400);
      expect(head).toMatch(/^content-type: application\/json; charset=utf-8$/im);
      expect(head).toMatch(/^connection: close$/im);
      expect(body).toEqual(envelopeOf(40001400, 'malformed_http'));
      expect(head).toContain(`X-Trace-ID: ${(body as { trace_id: string }).trace_id}`);
      await vi.waitFor(async () => expect(await countedInAll()).toBe(1));
    });

    it('within a body counts once, for its route', async () => {
      const { status, body } = parseAnswer(await exchange(replica.port, `${beginsChunks}zz\r\n`));
      expect([status, body]).toEqual([400, envelopeOf(40001400, 'malformed_http')]);
      await vi.waitFor(async () => expect(await counted('/v1/load/stats', 'POST', 400)).toBe(1));
      expect(await countedInAll()).toBe(1);
    });

    it('a missing Host is refused in HTTP/1.1, and none in 1.0', async () => {
      const line = 'GET /v1/load/stats?cluster=c HTTP/';
      const { status, body } = parseAnswer(
        await exchange(replica.port, `${line}1.1\r\nConnection: close\r\n\r\n`),
      );
      expect([status, body]).toEqual([400, envelopeOf(40001400, 'malformed_http')]);
      const old = parseAnswer(await exchange(replica.port, `${line}1.0\r\n\r\n`));
      expect([old.status, old.body]).toMatchObject([200, { data: [] }]);
    });

    it('CONNECT is a wrong method', async () => {
      const { status, head, body } = parseAnswer(
        await exchange(replica.port, `CONNECT engine:80 HTTP/1.1\r\n${host}TraceId: c\r\n\r\n`),
      );
      expect([status, body]).toEqual([405, { ...envelopeOf(40500000, 'method_not_allowed'), trace_id: 'c' }]);
      expect(head).toMatch(/^allow: DELETE, GET, POST$/im);
    });

    it('an unknown expectation and an offer to upgrade are ignored', async () => {
      const asked = `GET /v1/load/stats?cluster=c HTTP/1.1\r\n${host}`;
      const unknown = await exchange(replica.port, `${asked}Expect: much\r\nConnection: close\r\n\r\n`);
      expect(parseAnswer(unknown)).toMatchObject({ status: 200, body: { data: [] } });
      const upgrade = await openSocket(replica.port);
      const answer = new Promise<string>((resolve) => upgrade.once('data', resolve));
      upgrade.write(`${asked}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
      expect(parseAnswer(await answer)).toMatchObject({ status: 200, body: { data: [] } });
      upgrade.destroy();
    });

    it('behind a request is answered after it', async () => {
      const socket = await openSocket(replica.port);
      const text = received(socket);
      socket.write(`GET /v1/load/stats?cluster=c HTTP/1.1\r\n${host}\r\n`);
      await once(socket, 'data');
      socket.write('garbage\r\n\r\n');
      expect(answersIn(await text).map((each) => parseAnswer(each).status)).toEqual([200, 400]);
    });

    it('is never answered into the midst of another answer, but after it', async () => {
      const over = new AbortController();
      replica.replica.api.get(MetricSources, { strict: false }).add({
        *render() {
          while (!over.signal.aborted) yield '# more\n';
        },
      });
      const socket = await openSocket(replica.port);
      const text = received(socket);
      socket.write(`GET /metrics HTTP/1.1\r\n${host}\r\n`);
      await once(socket, 'data');
      socket.write('garbage\r\n\r\n');
      socket.write('more garbage\r\n\r\n');
      await vi.waitFor(() => expect(socket.bytesRead).toBeGreaterThan(20_000));
      over.abort();
      const answers = [...(await text).matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status);
      expect(answers).toEqual(['200', '400']);
    });

    it('behind requests that are not answered yet lets them have their answers', async () => {
      const post = JSON.stringify({ cluster: 'c', request_id: 'before-garbage', ip: '10.0.0.1' });
      const requests =
        `POST /v1/load/stats HTTP/1.1\r\n${host}Content-Length: ${post.length}\r\n\r\n${post}` +
        `GET /v1/load/stats?cluster=c HTTP/1.1\r\n${host}\r\n`;
      const answers = answersIn(await exchange(replica.port, `${requests}garbage\r\n\r\n`));
      expect(answers.map((each) => parseAnswer(each).status)).toEqual([200, 200, 400]);
    });
  });

  it('a client that does not read is cut off when nothing moves for 10 s', () => {
    const [api, admin] = [replica.replica.api, replica.replica.admin].map(
      (app) => app.getHttpServer() as Server,
    );
    expect([api!.timeout, admin!.timeout]).toEqual([10_000, 75_000]);
  });

  it('headers over 16 KiB are answered with 431 and the envelope', async () => {
    const bytes = `GET /healthz HTTP/1.1\r\n${host}X-Large: ${'a'.repeat(17_000)}\r\n\r\n`;
    const { status, body } = parseAnswer(await exchange(replica.port, bytes));
    expect([status, body]).toEqual([431, envelopeOf(43100000, 'headers_too_large')]);
    expect(await counted('unmatched', 'unknown', 431)).toBe(1);
  });

  describe('a slow client', () => {
    it('is cut off within 10 s, on both ports', () => {
      for (const app of [replica.replica.api, replica.replica.admin]) {
        const http = app.getHttpServer() as Server;
        expect(http.headersTimeout).toBe(5_000);
        expect(http.requestTimeout).toBe(8_000);
        expect(http.requestTimeout + checkingIntervalMs(http)).toBeLessThan(10_000);
      }
    });

    it.each([
      ['headers', `POST /v1/load/stats HTTP/1.1\r\n${host}X: `, 'unmatched', 'unknown'],
      ['a body', beginsPost, '/v1/load/stats', 'POST'],
    ])('that sends %s a byte at a time gets 408 and the envelope', async (_, beginning, url, method) => {
      server.headersTimeout = 100;
      server.requestTimeout = 100;
      const socket = await openSocket(replica.port);
      const text = received(socket);
      socket.write(beginning);
      const dripping = setInterval(() => socket.write('x'), 20);
      const { status, body } = parseAnswer(await text);
      clearInterval(dripping);
      expect([status, body]).toEqual([408, envelopeOf(40800000, 'request_timeout')]);
      await vi.waitFor(async () => expect(await counted(url, method, 408)).toBe(1));
      expect(await countedInAll()).toBe(1);
    });

    it('keeps its trace id in a 408 for a body', async () => {
      server.headersTimeout = 100;
      server.requestTimeout = 100;
      const { body } = parseAnswer(await exchange(replica.port, beginsPost));
      expect(body).toMatchObject({ trace_id: 'slow' });
    });

    it('that sends the rest after its 408 has no effect any more', async () => {
      server.headersTimeout = 100;
      server.requestTimeout = 100;
      const record = '{"cluster":"late","request_id":"late","ip":"10.0.0.1"}';
      const bytes = `POST /v1/load/stats HTTP/1.1\r\n${host}Content-Length: ${record.length}\r\n\r\n${record}`;
      const accepted = once(server, 'connection') as Promise<[Socket]>;
      const socket = await openSocket(replica.port, true);
      const text = received(socket);
      socket.write(bytes.slice(0, -1));
      const [served] = await accepted;
      await once(socket, 'data');
      socket.write(bytes.slice(-1));
      await vi.waitFor(() => expect(served.bytesRead).toBe(bytes.length));
      socket.end();
      expect(parseAnswer(await text).status).toBe(408);
      await vi.waitFor(async () => expect(await counted('/v1/load/stats', 'POST', 408)).toBe(1));
      expect(await countedInAll()).toBe(1);
      expect(await new LoadCalls(replica.url).load('late')).toEqual([]);
    });

    it('that goes on sending is cut off all the same', async () => {
      const socket = await openSocket(replica.port, true);
      const text = received(socket);
      socket.write('garbage\r\n\r\n');
      const dripping = setInterval(() => socket.write('x'), 20);
      expect(parseAnswer(await text).status).toBe(400);
      clearInterval(dripping);
      expect(await countedInAll()).toBe(1);
    });
  });

  describe('a client that hangs up', () => {
    /** A connection of which the server has read so much. */
    const sent = async (bytes: string): Promise<Socket> => {
      const accepted = once(server, 'connection') as Promise<[Socket]>;
      const socket = await openSocket(replica.port);
      socket.write(bytes);
      const [served] = await accepted;
      await vi.waitFor(() => expect(served.bytesRead).toBe(bytes.length));
      return socket;
    };

    it.each([
      ['in its headers', 'POST /v1/load/stats HT', 'unmatched', 'unknown'],
      ['in its body', beginsPost, '/v1/load/stats', 'POST'],
      ['in its chunks', `${beginsChunks}5\r\n{"clu`, '/v1/load/stats', 'POST'],
    ])('%s counts as 499', async (_, bytes, url, method) => {
      (await sent(bytes)).destroy();
      await vi.waitFor(async () => expect(await counted(url, method, 499)).toBe(1));
      expect(await countedInAll()).toBe(1);
    });

    it('by a reset in its body counts as 499', async () => {
      (await sent(beginsPost)).resetAndDestroy();
      await vi.waitFor(async () => expect(await counted('/v1/load/stats', 'POST', 499)).toBe(1));
      expect(await countedInAll()).toBe(1);
    });
  });
});

function answersIn(text: string): string[] {
  return text.split(/(?=HTTP\/1\.1 \d)/);
}

/** How often the server looks for slow clients; documented as an option only. */
function checkingIntervalMs(server: Server): number {
  return (server as Server & { readonly connectionsCheckingInterval: number }).connectionsCheckingInterval;
}
