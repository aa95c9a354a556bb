import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from './support/call.js';
import { exchange, openSocket } from './support/raw.js';
import { type RunningReplica, startReplica } from './support/replica.js';
import { ways } from './support/ways.js';

const last = 'GET /healthz HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n';

/** Call by call the other way. */
const mixedWays = {
  name: 'lane and the framework by turns',
  turn: 0,
  get connection(): string {
    return ways[this.turn++ % ways.length]!.connection;
  },
};

/** Status and envelope of each answer. */
function answersIn(text: string): { status: number; data: unknown }[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) [^]*?\r\n\r\n(\{.*?"trace_id":"[^"]*"\})/g)].map(
    ([, status, body]) => ({
      status: Number(status),
      data: (JSON.parse(body!) as { data: unknown }).data,
    }),
  );
}

describe.each([...ways, mixedWays])(
  'calls that a client pipelines on one connection, by the $name',
  (way) => {
    function sent(method: string, path: string, body?: object | string): string {
      const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
      const length = body === undefined ? '' : `Content-Length: ${text.length}\r\n`;
      return `${method} ${path} HTTP/1.1\r\nHost: test\r\nConnection: ${way.connection}\r\n${length}\r\n${text}`;
    }

    let replica: RunningReplica;
    beforeAll(async () => {
      replica = await startReplica();
    });
    afterAll(() => replica.close());

    const query = (cluster: string): string => sent('GET', `/v1/load/stats?cluster=${cluster}`);
    const record = (cluster: string): string =>
      sent('POST', '/v1/load/stats', { cluster, request_id: cluster, ip: '10.0.0.1' });

    it('take effect one after the other, so that a client reads what it wrote', async () => {
      const remove = sent('DELETE', '/v1/load/stats', { request_id: 'own' });
      const all = record('own') + query('own') + remove + query('own') + last;
      const answers = answersIn(await exchange(replica.port, all));
      expect(answers.map(({ data }) => data)).toMatchObject([
        null,
        [{ queued_req_num: 1 }],
        null,
        [{ queued_req_num: 0 }],
        'healthy',
      ]);
    });

    it('go on behind one whose JSON is malformed', async () => {
      const text = await exchange(replica.port, sent('POST', '/v1/load/stats', '{bad') + query('any') + last);
      expect(answersIn(text).map(({ status }) => status)).toEqual([400, 200, 200]);
    });

    it('have no effect where the connection ends before their turn', async () => {
      const tooLarge = sent('POST', '/v1/load/stats', ' '.repeat(17_000));
      const text = await exchange(replica.port, tooLarge + record('late'));
      expect(answersIn(text).map(({ status }) => status)).toEqual([413]);
      expect((await call('GET', `${replica.url}/v1/load/stats?cluster=late`)).body.data).toEqual([]);
    });

    it('are answered in their order, 33 at once', async () => {
      const ids = Array.from({ length: 16 }, (_, i) => `many-${i}`);
      const all = ids.map((id) => record(id) + query(id)).join('') + last;
      const answers = answersIn(await exchange(replica.port, all));
      expect(answers.map(({ data }) => data)).toMatchObject([
        ...ids.flatMap(() => [null, [{ queued_req_num: 1 }]]),
        'healthy',
      ]);
    });

    it('are cut off beyond what any client needs, rather than fill the memory', async () => {
      const socket = await openSocket(replica.port);
      const text = new Promise<string>((resolve) => {
        let all = '';
        socket.on('data', (chunk) => (all += String(chunk)));
        socket.on('error', () => undefined);
        socket.on('close', () => resolve(all));
      });
      socket.write(query('many').repeat(500));
      expect(answersIn(await text).length).toBeLessThan(40);
      expect((await call('GET', `${replica.url}/healthz`)).status).toBe(200);
    });
  },
);
