import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LoadCalls } from './support/load-calls.js';
import { type RunningReplica, startReplica } from './support/replica.js';
import { ways } from './support/ways.js';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** What every answer has around its data, to the byte, and the trace id that it carries. */
describe.each(ways)('every answer, by the $name', ({ call }) => {
  let replica: RunningReplica;
  let calls: LoadCalls;
  beforeAll(async () => {
    replica = await startReplica();
    calls = new LoadCalls(replica.url, call);
  });
  afterAll(() => replica.close());

  describe('has the envelope, which', () => {
    const trace = { TraceId: 't-1' };

    it('is exact for a success', async () => {
      const record = { cluster: 'exact', request_id: 'exact', ip: '10.0.0.1' };
      const post = await call('POST', `${replica.url}/v1/load/stats`, record, trace);
      expect(post.text).toBe('{"status":"OK","error":null,"data":null,"trace_id":"t-1"}');
      const get = await call('GET', `${replica.url}/v1/load/stats?cluster=exact`, undefined, trace);
      const { monotonicMs: _, unixUs } = replica.clock.now();
      expect(get.text).toBe(
        '{"status":"OK","error":null,"data":[{"ip":"10.0.0.1","queued_req_num":1,"prompt_length":0,' +
          `"updated_time":${unixUs}000,"prefill_req_num":1}],"trace_id":"t-1"}`,
      );
    });

    it('is exact for a failure', async () => {
      const { text } = await call('GET', `${replica.url}/v1/load/stats?cluster=`, undefined, trace);
      const error = {
        code: 40001400,
        message: 'cluster must be text of 1 to 256 characters without control characters, but was ""',
        reason: 'invalid_argument',
      };
      expect(text).toBe(JSON.stringify({ status: 'ERROR', error, data: null, trace_id: 't-1' }));
    });

    it('has an empty list for an unknown cluster', async () => {
      const { status, body } = await calls.query('unknown');
      expect([status, body.data]).toEqual([200, []]);
    });

    it('has null for every POST and DELETE, and nothing but status 200 for a success', async () => {
      const reference = { request_id: 'only-200' };
      const answers = [
        await calls.record({ cluster: 'only-200', ...reference }),
        await calls.record({ cluster: 'only-200', ...reference }),
        await calls.release(reference),
        await calls.release(reference),
        await calls.remove(reference),
        await calls.remove(reference),
        await calls.release(reference),
        await calls.remove({ request_id: 'only-200-unknown' }),
        await calls.release({ request_id: 'only-200-unknown-too' }),
      ];
      for (const { status, body } of answers) expect([status, body.data]).toEqual([200, null]);
      const level = await call('POST', `${replica.url}/log/level`, { LevelParam: 'INFO' });
      expect([level.status, level.body.data]).toEqual([200, 'log level updated successfully']);
    });
  });

  describe('has the trace id, which', () => {
    const traced = async (headers: Record<string, string>) => {
      const { headers: answered, body } = await call(
        'GET',
        `${replica.url}/v1/load/stats?cluster=x`,
        undefined,
        headers,
      );
      expect(body.trace_id).toBe(answered['x-trace-id']);
      return body.trace_id;
    };

    it.each(['abc', 'a b"\\{}~', '!'.repeat(128)])('takes %j over', async (id) => {
      expect(await traced({ TraceId: id })).toBe(id);
    });

    it('does not care for the case of the header', async () => {
      expect(await traced({ traceid: 'low' })).toBe('low');
      expect(await traced({ TRACEID: 'up' })).toBe('up');
    });

    it.each([['empty', ''], ['129 long', 'x'.repeat(129)], ['é'], ['\u0080'], ['a\tb']])(
      'makes a UUID for %j',
      async (...cases) => {
        expect(await traced({ TraceId: cases.at(-1)! })).toMatch(uuid);
      },
    );

    it('makes another UUID for each call without one', async () => {
      const [one, other] = [await traced({}), await traced({})];
      expect(one).toMatch(uuid);
      expect(other).toMatch(uuid);
      expect(one).not.toBe(other);
    });

    it('goes back with errors too', async () => {
      const { headers, body } = await call('GET', `${replica.url}/nowhere`, undefined, { TraceId: 'lost' });
      expect([headers['x-trace-id'], body.trace_id]).toEqual(['lost', 'lost']);
    });
  });
});
