import { Agent, type Server, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LoadCalls } from './support/load-calls.js';
import { type RunningReplica, startReplica } from './support/replica.js';
import { ways } from './support/ways.js';

const maxInt32 = 2_147_483_647;

/** Section 2 of the design: what gateways really send, and what they break on. Each test has a cluster of its own. */
describe.each(ways)('the habits of clients, by the $name', ({ call, connection }) => {
  let replica: RunningReplica;
  let calls: LoadCalls;
  beforeAll(async () => {
    replica = await startReplica();
    calls = new LoadCalls(replica.url, call);
  });
  afterAll(() => replica.close());

  describe('content types', () => {
    it.each([
      ['none', {}],
      ['form', { 'content-type': 'application/x-www-form-urlencoded' }],
      ['text', { 'content-type': 'text/plain; charset=latin1' }],
      ['nonsense', { 'content-type': ';;=/nonsense' }],
      ['empty', { 'content-type': '' }],
      ['multipart', { 'content-type': 'multipart/form-data; boundary=x' }],
    ])('reads JSON of content type %s', async (name, headers) => {
      const cluster = `type-${name}`;
      const record = { cluster, request_id: cluster, ip: '10.0.0.1', prompt_length: 7 };
      expect(await call('POST', `${replica.url}/v1/load/stats`, record, headers)).toMatchObject({
        status: 200,
      });
      expect(await calls.counts(cluster)).toEqual([1, 1, 7]);
      const reference = { request_id: cluster };
      await call('DELETE', `${replica.url}/v1/load/prompt`, reference, headers);
      expect(await calls.counts(cluster)).toEqual([1, 0, 0]);
      await call('DELETE', `${replica.url}/v1/load/stats`, reference, headers);
      expect(await calls.counts(cluster)).toEqual([0, 0, 0]);
    });

    it.each([
      ['GET', '/v1/load/stats?cluster=x', 200],
      ['GET', '/healthz', 200],
      ['GET', '/v1/load/stats', 400],
      ['GET', '/nowhere', 404],
      ['PUT', '/v1/load/stats', 405],
    ])('answers %s %s with JSON in UTF-8', async (method, path, status) => {
      const answer = await call(method, replica.url + path);
      expect(answer.status).toBe(status);
      expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    });
  });

  describe('DELETE', () => {
    it('takes empty strings and null for "not given"', async () => {
      await calls.record({ cluster: 'empty', request_id: 'empty', prompt_length: 3 });
      const reference = { request_id: 'empty', cluster: '', ip: '' };
      expect((await calls.release(reference)).status).toBe(200);
      expect(await calls.counts('empty')).toEqual([1, 0, 0]);
      expect((await calls.remove({ request_id: 'empty', cluster: null, ip: null })).status).toBe(200);
      expect(await calls.counts('empty')).toEqual([0, 0, 0]);
    });

    it.each(['', '&cluster=&ip=&prompt_length=', '&cluster=query&ip=10.0.0.1&prompt_length=5'])(
      'reads query parameters where a proxy dropped the body: request_id=…%s',
      async (rest) => {
        const id = `q${rest.length}`;
        await calls.record({ cluster: id, request_id: id, prompt_length: 5 });
        const query = `?request_id=${id}${rest}`;
        expect((await call('DELETE', `${replica.url}/v1/load/prompt${query}`)).status).toBe(200);
        expect(await calls.counts(id)).toEqual([1, 0, 0]);
        expect((await call('DELETE', `${replica.url}/v1/load/stats${query}`)).status).toBe(200);
        expect(await calls.counts(id)).toEqual([0, 0, 0]);
      },
    );

    it('reads query parameters where a proxy put an empty object in the place of the body', async () => {
      await calls.record({ cluster: 'proxied', request_id: 'proxied' });
      const path = `${replica.url}/v1/load/stats?request_id=proxied`;
      expect((await call('DELETE', path, {})).status).toBe(200);
      expect(await calls.counts('proxied')).toEqual([0, 0, 0]);
    });

    it('goes by the id alone', async () => {
      await calls.record({ cluster: 'id-alone', request_id: 'id-alone', prompt_length: 3 });
      await calls.remove({
        request_id: 'id-alone',
        cluster: 'another',
        ip: '10.9.9.9',
        prompt_length: 99,
      });
      expect(await calls.counts('id-alone')).toEqual([0, 0, 0]);
    });

    it('counts nothing for what it arrives before', async () => {
      await calls.remove({ request_id: 'early-1' });
      await calls.record({ cluster: 'early', request_id: 'early-1', prompt_length: 5 });
      expect(await calls.load('early')).toEqual([]);
      await calls.release({ request_id: 'early-2' });
      await calls.record({ cluster: 'early', request_id: 'early-2', prompt_length: 5 });
      expect(await calls.counts('early')).toEqual([1, 0, 0]);
    });
  });

  describe('POST', () => {
    it('takes a missing or null prompt_length for 0, and 1e3 for 1000', async () => {
      await calls.record({ cluster: 'length', request_id: 'length-1' });
      await calls.record({ cluster: 'length', request_id: 'length-2', prompt_length: null });
      expect(await calls.counts('length')).toEqual([2, 2, 0]);
      await calls.post('{"cluster":"length","request_id":"length-3","ip":"10.0.0.1","prompt_length":1e3}');
      expect(await calls.counts('length')).toEqual([3, 3, 1000]);
    });

    it('counts a repeat once, and moves nothing', async () => {
      const record = { cluster: 'repeat', request_id: 'repeat', prompt_length: 5, timestamp: 1 };
      await calls.record(record);
      const before = await calls.load('repeat');
      replica.clock.advance(5);
      expect((await calls.record(record)).status).toBe(200);
      expect(await calls.load('repeat')).toEqual(before);
    });

    it.each([{ ip: '10.0.0.2' }, { cluster: 'conflict-2' }, { prompt_length: 6 }])(
      'refuses an id that is in flight with another %j',
      async (other) => {
        const record = { cluster: 'conflict', request_id: 'conflict', prompt_length: 5 };
        await calls.record(record);
        const { status, body } = await calls.record({ ...record, ...other });
        expect([status, body.error?.code, body.error?.reason]).toEqual([400, 40001000, 'duplicate_request']);
        expect(body.error?.message).toMatch(/^request_id "conflict" .*use an id of its own$/);
        expect(await calls.counts('conflict')).toEqual([1, 1, 5]);
        expect(await calls.load('conflict-2')).toEqual([]);
      },
    );

    it('tells lives apart by timestamps of a nanosecond beyond 2^53', async () => {
      const body = (ns: bigint) =>
        `{"cluster":"ns","request_id":"ns","ip":"10.0.0.1","prompt_length":2,"timestamp":${ns}}`;
      const first = 1_763_851_234_567_123_457n;
      await calls.post(body(first));
      await calls.remove({ request_id: 'ns' });
      await calls.post(body(first));
      expect(await calls.counts('ns')).toEqual([0, 0, 0]);
      await calls.post(body(first + 1n));
      expect(await calls.counts('ns')).toEqual([1, 1, 2]);
      await calls.remove({ request_id: 'ns' });
      await calls.post(body(first + 1n));
      expect(await calls.counts('ns')).toEqual([0, 0, 0]);
    });

    it.each([0, -5, undefined, null])('counts an id again after its end with timestamp %s', async (ns) => {
      const record = { cluster: `again-${ns}`, request_id: `again-${ns}`, timestamp: ns };
      await calls.record(record);
      await calls.remove(record);
      await calls.record(record);
      expect(await calls.counts(`again-${ns}`)).toEqual([1, 1, 0]);
    });

    it('ignores unknown fields, and those that would reach a prototype', async () => {
      const before = Object.keys(Object.prototype);
      const { status } = await calls.post(
        '{"cluster":"proto","request_id":"proto","ip":"10.0.0.1","prompt_length":1,"model":{"a":[1]},' +
          '"__proto__":{"cluster":"x","polluted":1},"constructor":{"prototype":{"polluted":1}},' +
          '"hasOwnProperty":1,"toString":null}',
      );
      expect(status).toBe(200);
      expect(await calls.counts('proto')).toEqual([1, 1, 1]);
      expect(Object.keys(Object.prototype)).toEqual(before);
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    });

    it('does not take a required field from __proto__', async () => {
      const { status, body } = await calls.post(
        '{"__proto__":{"cluster":"x"},"request_id":"proto-2","ip":"10.0.0.1"}',
      );
      expect([status, body.error?.message]).toEqual([400, expect.stringMatching(/^cluster is missing/)]);
    });

    it('takes the last of duplicate keys', async () => {
      await calls.post(
        '{"cluster":"first","cluster":"last","request_id":"dup","ip":"10.0.0.1","prompt_length":1,"prompt_length":2}',
      );
      expect(await calls.load('first')).toEqual([]);
      expect(await calls.counts('last')).toEqual([1, 1, 2]);
    });
  });

  describe('numbers of an answer', () => {
    it('stop at the greatest int32', async () => {
      for (const id of ['int32-1', 'int32-2']) {
        await calls.record({ cluster: 'int32', request_id: id, prompt_length: maxInt32 });
      }
      expect(await calls.counts('int32')).toEqual([2, 2, maxInt32]);
      await calls.remove({ request_id: 'int32-1' });
      expect(await calls.counts('int32')).toEqual([1, 1, maxInt32]);
      await calls.remove({ request_id: 'int32-2' });
      expect(await calls.counts('int32')).toEqual([0, 0, 0]);
    });

    it('tell the time of the last change in Unix nanoseconds', async () => {
      const shown = async () => /"updated_time":(\d+)/.exec((await calls.query('time')).text)?.[1];
      const now = () => `${replica.clock.now().unixUs}000`;
      await calls.record({ cluster: 'time', request_id: 'time' });
      expect(await shown()).toBe(now());
      expect(await shown()).toHaveLength(19);
      for (const change of [
        () => calls.release({ request_id: 'time' }),
        () => calls.remove({ request_id: 'time' }),
      ]) {
        replica.clock.advance(1.001);
        await change();
        expect(await shown()).toBe(now());
      }
    });
  });

  describe('connections', () => {
    it('are kept for 6 minutes when idle, on both ports', () => {
      for (const app of [replica.replica.api, replica.replica.admin]) {
        expect((app.getHttpServer() as Server).keepAliveTimeout).toBe(360_000);
      }
    });

    it('carry call after call, failed ones too', async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const localPorts = new Set<number | undefined>();
      const statuses: (number | undefined)[] = [];
      const paths = ['/v1/load/stats?cluster=x', '/v1/load/stats', '/nowhere', '/healthz'];
      for (const path of paths) {
        await new Promise<void>((resolve, reject) => {
          const outgoing = request(replica.url + path, { agent, headers: { connection } }, (incoming) => {
            statuses.push(incoming.statusCode);
            localPorts.add(incoming.socket.localPort);
            expect(incoming.headers.connection).toBe('keep-alive');
            incoming.resume().on('end', resolve);
          });
          outgoing.on('error', reject).end();
        });
      }
      agent.destroy();
      expect(statuses).toEqual([200, 400, 404, 200]);
      expect(localPorts.size).toBe(1);
    });
  });
});
