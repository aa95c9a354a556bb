import { Agent } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiErrorKinds } from '#platform';
import type { Answer } from './support/call.js';
import { type RunningReplica, startReplica } from './support/replica.js';
import { ways } from './support/ways.js';

const routes = [
  ['GET', '/v1/load/stats'],
  ['POST', '/v1/load/stats'],
  ['DELETE', '/v1/load/stats'],
  ['DELETE', '/v1/load/prompt'],
  ['POST', '/v1/cache/save'],
  ['POST', '/v1/cache/query'],
  ['DELETE', '/v1/cache/engine'],
  ['POST', '/log/level'],
] as const;
const withBody = routes.filter(([method]) => method !== 'GET');
const good = {
  cluster: 'c',
  request_id: 'r',
  ip: '10.0.0.1',
  prompt_length: 5,
  timestamp: 7,
  prompt_hash: [1, 2],
  topk: 3,
};

const knownErrors = new Set(
  Object.values(apiErrorKinds).map(({ code, status, reason }) => `${status} ${code} ${reason}`),
);

/** Headers that some server or framework gives a meaning to. */
const weirdHeaders = [
  'TraceId',
  'Content-Type',
  'Content-Encoding',
  'Accept',
  'Accept-Version',
  'Expect',
  'Upgrade',
  'Range',
  'Origin',
  'Cookie',
  'Host',
  'X-HTTP-Method-Override',
  '__proto__',
  'constructor',
];

/** Whatever is sent: never a 500, never a crash, always the envelope with a code of the table. */
describe.each(ways)('fuzzed calls, by the $name', ({ call }) => {
  let replica: RunningReplica;
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  beforeAll(async () => {
    // Off, so that what is left in the log is what went wrong here.
    replica = await startReplica({ METADATA_CENTER_ACCESS_LOG: 'off' });
  });
  afterAll(async () => {
    agent.destroy();
    await replica.close();
  });

  const send = (
    [method, path]: readonly [string, string],
    body?: string | Buffer,
    headers: Record<string, string> = {},
  ): Promise<Answer> => call(method, replica.url + path, body, headers, agent);

  function expectEnvelope({ status, headers, body }: Answer): void {
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(Object.keys(body)).toEqual(['status', 'error', 'data', 'trace_id']);
    expect(body.trace_id).toBe(headers['x-trace-id']);
    if (body.error === null) {
      expect([status, body.status]).toEqual([200, 'OK']);
      return;
    }
    expect(body).toMatchObject({ status: 'ERROR', data: null });
    expect(knownErrors).toContain(`${status} ${body.error.code} ${body.error.reason}`);
    expect(status).toBeLessThan(500);
    expect(body.error.message).toMatch(/^[^\p{Cc}\p{Zl}\p{Zp}\p{Cs}]+$/u);
  }

  const check = <T>(numRuns: number, input: fc.Arbitrary<T>, run: (input: T) => Promise<void>) =>
    fc.assert(fc.asyncProperty(input, run), { numRuns });

  const anyRoute = fc.constantFrom(...routes);
  const bodyRoute = fc.constantFrom(...withBody);

  it('with arbitrary bytes', () =>
    check(500, fc.tuple(bodyRoute, fc.uint8Array({ maxLength: 300 })), async ([route, bytes]) => {
      expectEnvelope(await send(route, Buffer.from(bytes)));
    }));

  it('with arbitrary JSON', () =>
    check(500, fc.tuple(bodyRoute, fc.json({ stringUnit: 'binary' })), async ([route, text]) => {
      expectEnvelope(await send(route, text));
    }));

  it('with damaged JSON', () => {
    const damaged = fc.record({ at: fc.nat(80), cut: fc.nat(3), byte: fc.uint8Array({ maxLength: 3 }) });
    return check(300, fc.tuple(bodyRoute, damaged), async ([route, { at, cut, byte }]) => {
      const text = Buffer.from(JSON.stringify(good));
      const bytes = Buffer.concat([text.subarray(0, at), byte, text.subarray(at + cut)]);
      expectEnvelope(await send(route, bytes));
    });
  });

  it('with one field that is broken, which is refused by name', async () => {
    const notText = fc.oneof(
      fc.integer(),
      fc.boolean(),
      fc.array(fc.string()),
      fc.dictionary(fc.string(), fc.nat()),
    );
    const badName = fc.oneof(
      notText,
      fc.constant(''),
      fc.string({ minLength: 257, maxLength: 300 }),
      fc
        .tuple(fc.string(), fc.constantFrom('\n', '\u0000', '\u2028', '\u0085', '\uD800'))
        .map((parts) => parts.join('')),
    );
    const badLength = fc.oneof(
      fc.string(),
      fc.boolean(),
      fc.integer({ max: -1 }),
      fc.maxSafeNat().map((n) => n + 2 ** 31),
      fc.double({ noInteger: true, noNaN: true, noDefaultInfinity: true }),
    );
    const notHash = fc.oneof(
      fc.string(),
      fc.integer({ max: -1 }),
      fc.double({ noInteger: true, noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(null, true, [], {}),
    );
    const notHashes = fc.oneof(fc.string(), fc.boolean(), fc.nat(), fc.dictionary(fc.string(), fc.nat()));
    const broken = fc.oneof(
      fc.record({ field: fc.constantFrom('cluster', 'request_id'), value: badName as fc.Arbitrary<unknown> }),
      fc.record({ field: fc.constant('ip'), value: fc.oneof(notText, fc.ipV6(), fc.domain(), fc.string()) }),
      fc.record({ field: fc.constant('prompt_length'), value: badLength }),
      fc.record({ field: fc.constant('timestamp'), value: fc.oneof(fc.string(), fc.boolean(), fc.object()) }),
    );
    const brokenForCache = fc.oneof(
      fc.record({ field: fc.constant('cluster'), value: badName as fc.Arbitrary<unknown> }),
      fc.record({ field: fc.constant('topk'), value: fc.oneof(badLength, fc.constantFrom(0, 1_001)) }),
      fc.record({ field: fc.constant('prompt_hash'), value: fc.oneof(notHashes, fc.tuple(notHash)) }),
    );
    await check(300, brokenForCache, async ({ field, value }) => {
      const answer = await send(['POST', '/v1/cache/query'], JSON.stringify({ ...good, [field]: value }));
      expectEnvelope(answer);
      expect([answer.status, answer.body.error?.message]).toEqual([
        400,
        expect.stringMatching(`^${field}\\b`),
      ]);
    });
    return check(500, broken, async ({ field, value }) => {
      const answer = await send(['POST', '/v1/load/stats'], JSON.stringify({ ...good, [field]: value }));
      expectEnvelope(answer);
      expect([answer.status, answer.body.error?.message]).toEqual([400, expect.stringMatching(`^${field} `)]);
    });
  });

  it('with deep nesting and huge numbers', () => {
    const number = fc
      .tuple(
        fc.constantFrom('', '-'),
        fc.bigInt({ min: 0n, max: 10n ** 40n }),
        fc.constantFrom('', 'e308', 'e999', '.5', 'e-400'),
      )
      .map((parts) => parts.join(''));
    const nested = fc
      .tuple(fc.nat(7_000), fc.constantFrom(['[', ']'], ['{"a":', '}']), number)
      .map(([depth, [open, close], inner]) => {
        const fitting = Math.min(depth, Math.floor(16_000 / (open!.length + close!.length)));
        return open!.repeat(fitting) + inner + close!.repeat(fitting);
      });
    const field = fc.constantFrom(...Object.keys(good), 'LevelParam', 'unknown', '__proto__');
    return check(
      200,
      fc.tuple(bodyRoute, field, fc.oneof(number, nested)),
      async ([route, name, literal]) => {
        const rest = JSON.stringify({ ...good, [name]: undefined }).slice(1);
        expectEnvelope(await send(route, `{"${name}":${literal},${rest}`));
      },
    );
  });

  it('with weird paths and queries', () => {
    const urlText = fc
      .array(fc.oneof(fc.integer({ min: 0x21, max: 0x7e }), fc.constantFrom(0x25, 0x26, 0x3d, 0x80, 0xff)))
      .map((codes) => String.fromCharCode(...codes));
    const query = fc.oneof(
      urlText,
      fc.webQueryParameters(),
      fc
        .array(
          fc.tuple(
            fc.constantFrom('cluster', 'request_id', 'ip', 'prompt_length', '__proto__', 'a[b]'),
            urlText,
          ),
        )
        .map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join('&')),
    );
    const path = fc.oneof(
      fc.constantFrom('', '/', '/..', '%2f', '%', ';', '//'),
      urlText.map((text) => `/${text}`),
    );
    return check(500, fc.tuple(anyRoute, path, query), async ([[method, prefix], suffix, asked]) => {
      expectEnvelope(await send([method, `${prefix}?${asked}`]));
      expectEnvelope(await send([method, `${prefix}${suffix}?${asked}`]));
    });
  });

  it('with weird headers', () => {
    const value = fc
      .array(
        fc.oneof(
          fc.constant(0x09),
          fc.integer({ min: 0x20, max: 0x7e }),
          fc.integer({ min: 0x80, max: 0xff }),
        ),
      )
      .map((codes) => String.fromCharCode(...codes));
    const name = fc.oneof(
      fc.constantFrom(...weirdHeaders),
      fc.stringMatching(/^x-[a-z0-9!#$%&'*+.^_`|~-]{1,20}$/),
    );
    const pairs = fc.array(fc.tuple(name, value), { maxLength: 6 });
    return check(500, fc.tuple(anyRoute, pairs), async ([[method, path], headers]) => {
      const body = method === 'GET' ? undefined : JSON.stringify(good);
      expectEnvelope(await send([method, `${path}?cluster=c`], body, Object.fromEntries(headers)));
    });
  });

  it('leave the replica as it was: no error in its log, no prototype touched, and it serves', async () => {
    expect(replica.logLines.filter((line) => /"level":"(ERROR|FATAL)"/.test(line))).toEqual([]);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect((await send(['GET', '/v1/load/stats?cluster=c'])).status).toBe(200);
  });
});
