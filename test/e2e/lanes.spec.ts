import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RawCall, bytesOf } from './support/raw-calls.js';
import { scrape } from './support/metrics.js';
import { type Twin, Twins, steadyAnswer } from './support/twins.js';

const a = '10.0.0.1';
const record = (fields: object) => ({ cluster: 'c', request_id: 'r', ip: a, prompt_length: 5, ...fields });
const post = (body: object | string | Buffer): RawCall => ({
  method: 'POST',
  path: '/v1/load/stats',
  body: textOf(body),
});
const release = (body: object | string): RawCall => ({
  method: 'DELETE',
  path: '/v1/load/prompt',
  body: textOf(body),
});
const remove = (body: object | string): RawCall => ({
  method: 'DELETE',
  path: '/v1/load/stats',
  body: textOf(body),
});
const query = (cluster: string): RawCall => ({ method: 'GET', path: `/v1/load/stats?cluster=${cluster}` });
const cache = (path: 'save' | 'query', body: string): RawCall => ({
  method: 'POST',
  path: `/v1/cache/${path}`,
  body,
});

function textOf(body: object | string | Buffer): string | Buffer {
  return typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
}

const check = <T>(numRuns: number, input: fc.Arbitrary<T>, run: (input: T) => Promise<void>) =>
  fc.assert(fc.asyncProperty(input, run), { numRuns });

/** How the calls were counted, and their lines in the access log, without what time has to do with. */
async function journalOf({ replica }: Twin): Promise<string[]> {
  const series = [...(await scrape(replica.url))].filter(
    ([name]) =>
      /^http_request_(status_code_total|duration_us_count)/.test(name) && !name.includes('"/metrics"'),
  );
  const lines = replica.logLines.filter(
    (line) => line.includes('"msg":"call"') && !line.includes('"/metrics"'),
  );
  const steadyLines = lines.map((line) =>
    steadyAnswer(line).replace(/"(time|latencyUs)":("[^"]*"|\d+)/g, '"$1":…'),
  );
  return [...series.map((each) => each.join(' ')), ...steadyLines];
}

const tooManyHashes = `[${Array.from({ length: 8_193 }, (_, i) => i).join(',')}]`;

/** Calls that take the lane, in the order in which they are made. */
const ordinary: readonly [what: string, RawCall][] = [
  ['a record', post(record({}))],
  ['its repeat', post(record({}))],
  ['its conflict', post(record({ ip: '10.0.0.2' }))],
  ['a second one', post(record({ request_id: 's', prompt_length: 2_147_483_647, timestamp: 7 }))],
  ['one too many', post(record({ request_id: 't' }))],
  ['an engine too many', post(record({ request_id: 't', ip: '10.0.0.9' }))],
  ['a query', query('c')],
  ['a query of nothing', query('unknown')],
  ['a query with more than is asked for', query('c&model=x&a[b]=__proto__'.replace('[b]', '.b'))],
  ['a release', release({ request_id: 'r', cluster: 'c', ip: a })],
  ['a release of nothing', release({ request_id: 'early' })],
  ['a removal', remove({ request_id: 'r', cluster: 'c', ip: a })],
  ['a removal of what is removed', remove({ request_id: 'r', cluster: 'c', ip: a })],
  ['a late retry', post(record({}))],
  ['an empty object', remove('{}')],
  ['an empty object among spaces', remove(' { } ')],
  ['no JSON', post('{"cluster":c}')],
  ['no UTF-8', post(Buffer.from([0x7b, 0xff]))],
  ['no object', post('[1]')],
  ['null', remove('null')],
  ['bad fields', post({ cluster: '', request_id: 5, ip: 'x', prompt_length: -1, timestamp: 0.5 })],
  ['a name beyond Latin-1', post(record({ request_id: '', cluster: '模型 é' }))],
  ['an id of two lines', post(record({ request_id: 'a\nb\u2028' }))],
  [
    'a long integer',
    post('{"cluster":"c","request_id":"u","ip":"10.0.0.1","timestamp":9223372036854775808}'),
  ],
  [
    'hashes to save',
    cache('save', '{"cluster":"c","ip":"10.0.0.1","prompt_hash":[18446744073709551615,9007199254740993]}'),
  ],
  [
    'hashes to find',
    cache('query', '{"cluster":"c","prompt_hash":[18446744073709551615,9007199254740993,1]}'),
  ],
  ['bad hashes', cache('query', '{"cluster":"c","prompt_hash":[1,-1]}')],
  ['too many hashes', cache('query', `{"cluster":"c","prompt_hash":${tooManyHashes}}`)],
  ['a body of 16 KiB', remove('{"request_id":"none","cluster":"c","ip":"10.0.0.1"}'.padEnd(16_384))],
  ['a body of 256 KiB', cache('query', '{"cluster":"c"}'.padEnd(262_144))],
];

/** Neighbours of those; the framework answers them, whatever way they were to go. */
const odd: readonly [what: string, RawCall][] = [
  ['an unknown route', { method: 'GET', path: '/v1/load' }],
  ['a slash behind', { method: 'GET', path: '/v1/load/stats/?cluster=c' }],
  ['a slash before', { method: 'GET', path: '//v1/load/stats?cluster=c' }],
  ['another case', { method: 'GET', path: '/V1/load/stats?cluster=c' }],
  ['another method', { method: 'PUT', path: '/v1/load/stats', body: '{}' }],
  ['another method without a body', { method: 'OPTIONS', path: '/v1/load/stats' }],
  ['a method of WebDAV', { method: 'PROPFIND', path: '/v1/load/stats' }],
  ['a path in percents', { method: 'GET', path: '/v1/load/%73tats?cluster=c' }],
  ['a path that is no text', { method: 'GET', path: '/v1/load/%zz?cluster=c' }],
  ['a query in percents', query('%63')],
  ['a query that is no text', query('%zz')],
  ['a query with a plus', query('a+b')],
  ['a query that is empty', { method: 'GET', path: '/v1/load/stats' }],
  ['a query without a name', { method: 'GET', path: '/v1/load/stats?=c' }],
  ['a query with semicolons', query('c;cluster=d')],
  ['a query with a name twice', query('c&cluster=c')],
  ['a query with a prototype', query('c&__proto__=x&__proto__[cluster]=y&constructor=z')],
  ['an empty cluster', query('')],
  ['a fragment', query('c#d')],
  ['an address in full', { method: 'GET', path: 'http://test/v1/load/stats?cluster=c' }],
  ['an asterisk', { method: 'OPTIONS', path: '*' }],
  ['a query that has a body', { ...query('c'), body: '{}' }],
  ['a query that has an empty body', { ...query('c'), body: '' }],
  ['a record without a body', post('')],
  ['a record without a length', { method: 'POST', path: '/v1/load/stats' }],
  ['a record with a query', { ...post(record({})), path: '/v1/load/stats?cluster=c' }],
  ['a removal by its query', { method: 'DELETE', path: '/v1/load/stats?request_id=r&cluster=c&ip=10.0.0.1' }],
  ['an empty object beside a query', { ...remove('{}'), path: '/v1/load/stats?request_id=r' }],
  ['a body over 16 KiB', remove('{}'.padEnd(16_385))],
  ['a body over 256 KiB', cache('query', '{}'.padEnd(262_145))],
  ['a host twice', { ...query('c'), headers: ['Host: other'] }],
  ['an expectation', { ...query('c'), headers: ['Expect: much'] }],
  ['an upgrade', { ...query('c'), headers: ['Upgrade: websocket'] }],
  ['a trace id twice', { ...query('c'), headers: ['TraceId: a', 'TraceId: b'] }],
  [
    'chunks',
    { method: 'POST', path: '/v1/load/stats', headers: ['Transfer-Encoding: chunked', '', '2\r\n{}\r\n0'] },
  ],
];

const traceHeaders: readonly (readonly string[])[] = [
  [],
  ['TraceId: given'],
  ['traceid: low'],
  ['TRACEID:   padded \t '],
  ['TraceId:'],
  [`TraceId: ${'!'.repeat(128)}`],
  [`TraceId: ${'!'.repeat(129)}`],
  ['TraceId: a"\\{}~'],
  ['TraceId: caf\u00e9'],
  ['TraceId: a\tb'],
];

/** The same bytes, one header aside, to the lane and to the framework: the same bytes must come back. */
describe.each([
  ['lenient', {}],
  [
    'strict',
    {
      METADATA_CENTER_API_MODE: 'strict',
      METADATA_CENTER_MAX_REQUESTS: '2',
      METADATA_CENTER_MAX_ENGINES: '1',
    },
  ],
] as const)('the lane and the framework (%s)', (_mode, environment) => {
  let twins: Twins;
  beforeAll(async () => {
    twins = await Twins.start({ ...environment, METADATA_CENTER_ACCESS_LOG: 'all' });
  });
  afterAll(() => twins[Symbol.asyncDispose]());

  async function expectAlike(call: RawCall): Promise<string> {
    const { lane, framework, byFramework } = await twins.call(call);
    expect(lane).toBe(framework);
    expect(lane).toMatch(/^HTTP\/1\.1 [2-4]\d{2} .*\r\n/);
    expect(byFramework).toEqual([false, true]);
    return lane;
  }

  it.each(ordinary)('answer %s alike', async (_, call) => {
    await expectAlike(call);
    await expectAlike({
      ...call,
      headers: ['TraceId: t-1', 'Accept: */*', 'Content-Type: text/plain', 'X: \u00e9'],
    });
  });

  it.each(odd)('answer %s alike', async (_, call) => {
    const { lane, framework, byFramework } = await twins.call(call);
    expect(lane).toBe(framework);
    expect(lane).toMatch(/^HTTP\/1\.1 \d{3} .*\r\n/);
    expect(byFramework[0]).toBe(byFramework[1]);
  });

  it.each(traceHeaders)('take over the trace id of %j alike, or make one', async (...headers) => {
    for (const call of [query('c'), query(''), post(record({})), post('{')]) {
      const { lane, framework } = await twins.call({ ...call, headers });
      expect(lane).toBe(framework);
    }
  });

  it('answer a client that has closed its own side, alike', async () => {
    for (const call of [query('c'), post(record({})), remove({ request_id: 'r', cluster: 'c', ip: a })]) {
      const answers: string[] = [];
      for (const { calls, connection } of twins.both) {
        calls.send(bytesOf(call, connection));
        calls.end();
        answers.push(steadyAnswer(await calls.answer()));
      }
      expect(answers[0]).toMatch(/^HTTP\/1\.1 [24]\d{2} .*\r\n/);
      expect(answers[1]).toBe(answers[0]);
    }
  });

  it('answer any JSON alike', () => {
    const paths = [post('').path, release('').path, '/v1/cache/save', '/v1/cache/query'] as const;
    const name = fc.constantFrom(
      'cluster',
      'request_id',
      'ip',
      'prompt_length',
      'timestamp',
      'prompt_hash',
      'topk',
      '__proto__',
    );
    const value = fc.oneof(
      fc.constantFrom(
        '"c"',
        '"r"',
        '"10.0.0.1"',
        '5',
        '[1,2]',
        '[]',
        'null',
        '""',
        '18446744073709551616',
        '1e3',
        '-0',
      ),
      fc.json({ stringUnit: 'binary', maxDepth: 2 }),
    );
    const object = fc
      .array(fc.tuple(name, value), { maxLength: 6 })
      .map((fields) => `{${fields.map(([field, text]) => `"${field}":${text}`).join(',')}}`);
    const body = fc.oneof({ weight: 6, arbitrary: object }, fc.json({ stringUnit: 'binary' }));
    return check(400, fc.tuple(fc.constantFrom(...paths), body), async ([path, text]) => {
      const methods = path.endsWith('stats')
        ? ['POST', 'DELETE']
        : path.endsWith('prompt')
          ? ['DELETE']
          : ['POST'];
      for (const method of methods) await expectAlike({ method, path, body: text });
    });
  });

  it('answer any bytes alike', () =>
    check(200, fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
      await expectAlike(post(Buffer.from(bytes)));
    }));

  it('answer any query alike', () => {
    const text = fc.string({ unit: fc.constantFrom(...'ac=&%+.;~-_[]?/0é\u0080'), maxLength: 12 });
    const asked = fc.tuple(fc.constantFrom('', 'cluster=', 'cluster=c&', '__proto__='), text);
    return check(300, asked, async (parts) => {
      const { lane, framework } = await twins.call({
        method: 'GET',
        path: `/v1/load/stats?${parts.join('')}`,
      });
      expect(lane).toBe(framework);
    });
  });

  it('count and log the same calls', async () => {
    await vi.waitFor(async () =>
      expect(await journalOf(twins.lane)).toEqual(await journalOf(twins.framework)),
    );
    expect((await journalOf(twins.lane)).length).toBeGreaterThan(1_000);
  });
});

describe('the lane and the framework answer a query alike', () => {
  it.each([0, 1, 10, 1_000])('of %i engines, in however many pieces they go out', async (count) => {
    await using engines = await Twins.start();
    for (let i = 0; i < count; i++) {
      const fields = { cluster: 'many', request_id: `r${i}`, ip: `10.0.${i >> 8}.${i & 255}` };
      await engines.call(post(record(fields)));
    }
    for (let i = 0; i < 3; i++) {
      const { lane, framework, byFramework } = await engines.call(query('many'));
      expect(lane).toBe(framework);
      expect(lane.split('"ip":')).toHaveLength(count + 1);
      expect(byFramework).toEqual([false, true]);
      // One has changed before the next.
      if (count > 0)
        await engines.call(post(record({ cluster: 'many', request_id: `more${i}`, ip: '10.0.0.0' })));
    }
  });
});
