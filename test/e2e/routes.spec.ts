import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, call } from './support/call.js';
import { type RunningReplica, startReplica } from './support/replica.js';

const outcome = ({ status, body }: Answer) => [status, body.error?.code, body.error?.reason];

/** Paths and methods: which there are, and what is said of those that there are not. */
describe('a route', () => {
  let replica: RunningReplica;
  beforeAll(async () => {
    replica = await startReplica();
  });
  afterAll(() => replica.close());

  it.each(['/', '/v1', '/v1/load', '/v1/load/stats/', '/v1/load/stats%00', '/v1/load/statsx', '//'])(
    '%s is none',
    async (path) => {
      const answer = await call('GET', replica.url + path);
      expect(outcome(answer)).toEqual([404, 40400000, 'route_not_found']);
      expect(answer.body.error?.message).toBe('no such route; the API document lists all of them');
    },
  );

  it.each([
    ['PUT', '/v1/load/stats', 'DELETE, GET, HEAD, POST'],
    ['PATCH', '/v1/load/stats?cluster=c', 'DELETE, GET, HEAD, POST'],
    ['OPTIONS', '/v1/load/stats', 'DELETE, GET, HEAD, POST'],
    ['PROPFIND', '/v1/load/stats', 'DELETE, GET, HEAD, POST'],
    ['GET', '/v1/load/prompt', 'DELETE'],
    ['POST', '/v1/load/prompt', 'DELETE'],
    ['GET', '/log/level', 'POST'],
    ['POST', '/metrics', 'GET, HEAD'],
    ['DELETE', '/healthz', 'GET, HEAD'],
  ])('%s %s is a wrong method', async (method, path, allow) => {
    const answer = await call(method, replica.url + path);
    expect(outcome(answer)).toEqual([405, 40500000, 'method_not_allowed']);
    expect(answer.headers.allow).toBe(allow);
    expect(answer.body.error?.message).toBe(`this route takes ${allow} only`);
  });

  it('a wrong method with a body that is no JSON is still a wrong method', async () => {
    const answer = await call('PUT', `${replica.url}/v1/load/stats`, 'no JSON');
    expect(outcome(answer)).toEqual([405, 40500000, 'method_not_allowed']);
  });

  it('HEAD is answered as GET, without a body (RFC 9110)', async () => {
    const right = await call('HEAD', `${replica.url}/v1/load/stats?cluster=c`);
    const same = await call('GET', `${replica.url}/v1/load/stats?cluster=c`);
    expect([right.status, right.text]).toEqual([200, '']);
    expect(right.headers['content-length']).toBe(same.headers['content-length']);
    const wrong = await call('HEAD', `${replica.url}/v1/load/prompt`);
    expect([wrong.status, wrong.headers.allow, wrong.text]).toEqual([405, 'DELETE', '']);
    const missing = await call('HEAD', `${replica.url}/nowhere`);
    expect([missing.status, missing.text]).toEqual([404, '']);
  });

  it.each(['/%', '/%zz', '/v1/load/%E0%A4%A', '/v1/load/stats%FF'])(
    'the path %s is malformed',
    async (path) => {
      const answer = await call('GET', replica.url + path, undefined, { TraceId: 'bad-url' });
      expect(outcome(answer)).toEqual([400, 40001400, 'malformed_http']);
      expect(answer.body.error?.message).toMatch(/^the path of the URL is malformed; percent-encode it/);
      expect([answer.body.trace_id, answer.headers['x-trace-id']]).toEqual(['bad-url', 'bad-url']);
      expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    },
  );

  it.each(['%zz', '%ff', '%E4%B8', '%'])('a query with %s is refused, since it is no text', async (text) => {
    for (const [method, path] of [
      ['GET', `/v1/load/stats?cluster=${text}`],
      ['DELETE', `/v1/load/stats?request_id=${text}`],
    ] as const) {
      const answer = await call(method, replica.url + path);
      expect(outcome(answer)).toEqual([400, 40001400, 'invalid_argument']);
      expect(answer.body.error?.message).toMatch(/^the query is malformed; percent-encode it as UTF-8/);
    }
  });

  it('a long URL is none, a longer one too large', async () => {
    const long = await call('GET', `${replica.url}/${'a'.repeat(15_000)}`);
    expect(outcome(long)).toEqual([404, 40400000, 'route_not_found']);
    const longQuery = await call('GET', `${replica.url}/v1/load/stats?cluster=${'a'.repeat(15_000)}`);
    expect(outcome(longQuery)).toEqual([400, 40001400, 'invalid_argument']);
    expect(longQuery.body.error?.message.length).toBeLessThan(200);
    const longer = await call('GET', `${replica.url}/${'a'.repeat(17_000)}`);
    expect(outcome(longer)).toEqual([431, 43100000, 'headers_too_large']);
  });
});
