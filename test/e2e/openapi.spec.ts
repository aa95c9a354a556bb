import { readFile } from 'node:fs/promises';
import type { OpenAPIObject } from '@nestjs/swagger';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { exampleTraceId } from '#platform';
import { openApiOf } from '../../apps/metadata-center/src/openapi.js';
import { type Answer, call } from './support/call.js';
import { FakePeer } from './support/fake-peer.js';
import { ReplicaCalls, started } from './support/replica-calls.js';
import { type RunningReplica, beginReplica, startReplica } from './support/replica.js';
import { fill, stalledSnapshots } from './support/stalled-snapshots.js';
import { steady } from './support/steady.js';

type Call = (replica: RunningReplica) => Promise<Answer>;

const record = { cluster: 'mycluster', request_id: 'req123', ip: '192.168.1.1', prompt_length: 512 };
const reference = { cluster: 'mycluster', request_id: 'req123', ip: '192.168.1.1' };
const engine = { cluster: 'mycluster', ip: '192.168.1.1' };
const prompt = { cluster: 'mycluster', prompt_hash: [1157886414813953, 42] };

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

/** A second replica, which joins a peer that is in no hurry. */
const whileStarting =
  (next: Call): Call =>
  async () => {
    await using peer = await FakePeer.start();
    const joiner = await beginReplica({ METADATA_CENTER_STATIC_PEERS: peer.address });
    try {
      return await next(joiner);
    } finally {
      await joiner.close();
    }
  };
const whileOthersRead =
  (next: Call): Call =>
  async (replica) => {
    await fill(replica.url);
    using _ = await stalledSnapshots(replica.url, 4);
    return await next(replica);
  };
/** The status of a second replica, when both are up to date. */
const statusOfPeer: Call = async ({ port }) => {
  const peer = await startReplica({ METADATA_CENTER_STATIC_PEERS: `127.0.0.1:${port}` });
  try {
    await post(record)(peer);
    await vi.waitFor(async () => {
      const { peers, received } = await new ReplicaCalls(peer.url).status();
      expect(peers).toMatchObject([{ state: 'in_sync', lag_events: 0 }]);
      expect(received).toMatchObject([{ origin: `127.0.0.1:${port}` }]);
    }, 5_000);
    return await send('GET', '/v1/replica/status')(peer);
  } finally {
    await peer.close();
  }
};

const post = (body: string | Buffer | object): Call => send('POST', '/v1/load/stats', body);
const save = (body: string | Buffer | object): Call => send('POST', '/v1/cache/save', body);
const locate = (body: string | Buffer | object): Call => send('POST', '/v1/cache/query', body);
const dropEngine = (body?: string | Buffer | object): Call => send('DELETE', '/v1/cache/engine', body);
const goEvent =
  (body: string | object, headers: Record<string, string> = { 'Event-Type': 'load.stats.set' }): Call =>
  ({ url }) =>
    call('POST', `${url}/v1/replica/event`, body, { traceid: exampleTraceId, ...headers });
const strict = { METADATA_CENTER_API_MODE: 'strict' };
const tooLarge = ' '.repeat(16_385);
const notUtf8 = Buffer.from([0xff]);
const tooManyHashes = Array.from({ length: 8_193 }, (_, i) => i);

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

function storiesOfReplicas(): Story[] {
  const path = (name: string): string => `/v1/replica/${name}`;
  const events = (body: string | object): Call => send('POST', path('events'), body);
  const digest = (body: string | object): Call => send('POST', path('digest'), body);
  const batch = { v: 1, origin: '127.0.0.1:9', epoch: '0123456789abcdef', first: 1, oldest: 1 };
  const digestRequest = { v: 1, agoMs: 0, youngerThanMs: 600_000 };
  return [
    ['POST /v1/replica/events', 'OK', events({ ...batch, events: [started('req123')] })],
    ['POST /v1/replica/events', 'invalid_json', events('')],
    ['POST /v1/replica/events', 'invalid_argument', events({ ...batch, v: 2, events: [] })],
    ['POST /v1/replica/events', 'body_too_large', events(' '.repeat(1024 * 1024 + 1))],
    ['GET /v1/replica/snapshot', 'invalid_argument', send('GET', path('snapshot?buckets=3,300'))],
    ['GET /v1/replica/snapshot', 'limit_reached', whileOthersRead(send('GET', path('snapshot')))],
    ['GET /v1/replica/snapshot', 'not_ready', whileStarting(send('GET', path('snapshot')))],
    ['POST /v1/replica/digest', 'OK', digest(digestRequest)],
    ['POST /v1/replica/digest', 'invalid_json', digest('')],
    ['POST /v1/replica/digest', 'invalid_argument', digest({ v: 1, agoMs: 0 })],
    ['POST /v1/replica/digest', 'not_ready', whileStarting(digest(digestRequest))],
    ['GET /v1/replica/status', 'OK', statusOfPeer],
  ];
}

function storiesOfCache(): Story[] {
  const hold = save({ ...engine, ...prompt });
  return [
    ['POST /v1/cache/query', 'OK', inOrder(hold, locate(prompt))],
    ['POST /v1/cache/query', 'invalid_json', locate('')],
    ['POST /v1/cache/query', 'invalid_argument', locate({ ...prompt, topk: 0 })],
    ['POST /v1/cache/query', 'body_too_large', locate({ ...prompt, prompt_hash: tooManyHashes })],
    ['POST /v1/cache/query', 'not_ready', whileDraining(locate(prompt))],
    ['POST /v1/cache/save', 'OK', hold],
    ['POST /v1/cache/save', 'invalid_json', save(notUtf8)],
    ['POST /v1/cache/save', 'invalid_argument', save({ ...engine, prompt_hash: [42, -1] })],
    ['POST /v1/cache/save', 'body_too_large', save({ ...engine, prompt_hash: tooManyHashes })],
    ['POST /v1/cache/save', 'not_ready', whileDraining(hold)],
    ['DELETE /v1/cache/engine', 'OK', inOrder(hold, dropEngine(engine))],
    ['DELETE /v1/cache/engine', 'invalid_json', dropEngine(notUtf8)],
    ['DELETE /v1/cache/engine', 'invalid_argument', dropEngine({ ...engine, ip: 'localhost' })],
    ['DELETE /v1/cache/engine', 'body_too_large', dropEngine(tooLarge)],
    ['DELETE /v1/cache/engine', 'not_ready', whileDraining(dropEngine(engine))],
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
  ...storiesOfCache(),
  ...storiesOfReplicas(),
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
      const comparable = operation.includes('/v1/replica/') ? steady : (answer: unknown) => answer;
      expect(comparable({ status, body })).toEqual(comparable(documented));
    });
  }
});
