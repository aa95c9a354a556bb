import { readFile } from 'node:fs/promises';
import type { OpenAPIObject } from '@nestjs/swagger';
import { afterEach, describe, expect, it } from 'vitest';
import { exampleTraceId } from '#platform';
import { openApiOf } from '../../apps/metadata-center/src/openapi.js';
import { type Answer, call } from './support/call.js';
import { type RunningReplica, startReplica } from './support/replica.js';

type Call = (replica: RunningReplica) => Promise<Answer>;

const record = { cluster: 'mycluster', request_id: 'req123', ip: '192.168.1.1', prompt_length: 512 };
const reference = { cluster: 'mycluster', request_id: 'req123', ip: '192.168.1.1' };

const send =
  (method: string, path: string, body?: string | Buffer | object): Call =>
  ({ url }) =>
    call(method, url + path, body, { traceid: exampleTraceId });
const inOrder =
  (...calls: Call[]): Call =>
  async (replica) => {
    let last: Answer | undefined;
    for (const each of calls) last = await each(replica);
    return last!;
  };
const whileDraining =
  (next: Call): Call =>
  (replica) => {
    replica.replica.readiness.drain();
    return next(replica);
  };

const post = (body: string | Buffer | object): Call => send('POST', '/v1/load/stats', body);
const goEvent =
  (body: string | object, headers: Record<string, string> = { 'Event-Type': 'load.stats.set' }): Call =>
  ({ url }) =>
    call('POST', `${url}/v1/replica/event`, body, { traceid: exampleTraceId, ...headers });
const strict = { METADATA_CENTER_API_MODE: 'strict' };
const tooLarge = ' '.repeat(16_385);
const notUtf8 = Buffer.from([0xff]);

type Story = readonly [operation: string, example: string, calls: Call, environment?: Record<string, string>];

function storiesOfDelete(path: string): Story[] {
  const operation = `DELETE ${path}`;
  const remove = send('DELETE', '/v1/load/stats', reference);
  return [
    [operation, 'OK', inOrder(post(record), send('DELETE', path, reference))],
    [operation, 'invalid_json', send('DELETE', path, notUtf8)],
    [operation, 'invalid_argument', send('DELETE', path)],
    [operation, 'request_removed', inOrder(post(record), remove, send('DELETE', path, reference)), strict],
    [operation, 'body_too_large', send('DELETE', path, tooLarge)],
    [operation, 'not_ready', whileDraining(send('DELETE', path, reference))],
  ];
}

/** How each example comes about: operation and example, the calls that lead to it, and the environment. */
const stories: readonly Story[] = [
  ['GET /v1/load/stats', 'OK', inOrder(post(record), send('GET', '/v1/load/stats?cluster=mycluster'))],
  ['GET /v1/load/stats', 'invalid_argument', send('GET', '/v1/load/stats')],
  ['GET /v1/load/stats', 'not_ready', whileDraining(send('GET', '/v1/load/stats?cluster=mycluster'))],
  ['POST /v1/load/stats', 'OK', post(record)],
  ['POST /v1/load/stats', 'invalid_json', post('')],
  ['POST /v1/load/stats', 'invalid_argument', post({ ...record, ip: 'localhost' })],
  ['POST /v1/load/stats', 'duplicate_request', inOrder(post(record), post({ ...record, ip: '192.168.1.2' }))],
  ['POST /v1/load/stats', 'body_too_large', post(tooLarge)],
  [
    'POST /v1/load/stats',
    'limit_reached',
    inOrder(post(record), post({ ...record, request_id: 'req124' })),
    { METADATA_CENTER_MAX_REQUESTS: '1' },
  ],
  ['POST /v1/load/stats', 'not_ready', whileDraining(post(record))],
  ...storiesOfDelete('/v1/load/prompt'),
  ...storiesOfDelete('/v1/load/stats'),
  ['POST /v1/replica/event', 'OK', goEvent(record)],
  ['POST /v1/replica/event', 'invalid_json', goEvent('')],
  ['POST /v1/replica/event', 'invalid_argument', goEvent(record, {})],
  ['POST /v1/replica/event', 'body_too_large', goEvent(' '.repeat(1_048_577))],
  ['POST /log/level', 'OK', send('POST', '/log/level', { LevelParam: 'DEBUG' })],
  ['POST /log/level', 'invalid_argument', send('POST', '/log/level', { LevelParam: 'LOUD' })],
  ['GET /healthz', 'OK', send('GET', '/healthz')],
  ['GET /readyz', 'OK', send('GET', '/readyz')],
  ['GET /readyz', 'not_ready', whileDraining(send('GET', '/readyz'))],
];

interface Operation {
  readonly responses: Record<
    string,
    {
      content?: Record<
        string,
        { schema: { example?: unknown }; examples?: Record<string, { value: unknown }> }
      >;
    }
  >;
}

/** Every example of an answer, by operation and name: `OK`, or the reason of a failure. */
function examplesOf(document: OpenAPIObject): Map<string, { status: number; body: unknown }> {
  const found = new Map<string, { status: number; body: unknown }>();
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item as Record<string, Operation>)) {
      for (const [status, { content }] of Object.entries(operation.responses)) {
        const { schema, examples } = content?.['application/json'] ?? { schema: {} };
        const named = Object.entries(examples ?? {}).map(([name, { value }]) => [name, value] as const);
        if (schema.example !== undefined) named.push(['OK', schema.example]);
        for (const [name, body] of named) {
          found.set(`${method.toUpperCase()} ${path} ${name}`, { status: Number(status), body });
        }
      }
    }
  }
  return found;
}

describe('the OpenAPI document', () => {
  let replica: RunningReplica | undefined;
  afterEach(async () => {
    await replica?.close();
    replica = undefined;
  });

  it('is committed as it is served; `npm run openapi` writes it anew', async () => {
    replica = await startReplica();
    const served = (await call('GET', `${replica.url}/docs-json`)).body;
    expect(JSON.parse(await readFile('docs/openapi.json', 'utf8'))).toEqual(served);
  });

  it('comes with a page to try it', async () => {
    replica = await startReplica();
    const page = await call('GET', `${replica.url}/docs`);
    expect(page.status).toBe(200);
    expect(page.text).toContain('swagger-ui');
  });

  it('has an example of every answer, and a story behind every example', async () => {
    replica = await startReplica();
    const told = stories.map(([operation, example]) => `${operation} ${example}`);
    expect([...examplesOf(openApiOf(replica.replica.api)).keys()].sort()).toEqual(told.sort());
  });

  for (const [operation, example, calls, environment] of stories) {
    it(`${operation} answers the example ${example}`, async () => {
      replica = await startReplica(environment);
      const documented = examplesOf(openApiOf(replica.replica.api)).get(`${operation} ${example}`);
      const { status, body } = await calls(replica);
      expect({ status, body }).toEqual(documented);
    });
  }
});
