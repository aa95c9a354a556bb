import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from './support/call.js';
import { type EngineRow, LoadCalls } from './support/load-calls.js';
import { type RunningReplica, startReplica } from './support/replica.js';
import { ways } from './support/ways.js';

const ip = '10.0.0.1';
const good = { cluster: 'c', request_id: 'new', ip, prompt_length: 1 };
const invalidJson = [400, 40001400, 'invalid_json'];
const invalidArgument = [400, 40001400, 'invalid_argument'];
const outcome = ({ status, body }: Answer) => [status, body.error?.code, body.error?.reason];
const nameRule = 'must be text of 1 to 256 characters without control characters, but was ';
const ipRule = 'ip must be an IPv4 address like 192.168.1.1, but was ';
const lengthRule = 'prompt_length must be an integer from 0 to 2147483647, but was ';
const bom = '\uFEFF';

/** The list of bad input, except what concerns connections. Whatever is refused changes no count. */
describe.each(ways)('bad input, by the $name', ({ call }) => {
  let replica: RunningReplica;
  let calls: LoadCalls;
  let before: EngineRow[];
  beforeAll(async () => {
    replica = await startReplica();
    calls = new LoadCalls(replica.url, call);
    await calls.record({ cluster: 'c', request_id: 'standing', prompt_length: 5 });
  });
  afterAll(() => replica.close());
  beforeEach(async () => {
    before = await calls.load('c');
  });
  afterEach(async () => {
    expect(await calls.load('c')).toEqual(before);
    expect(before).toMatchObject([{ queued_req_num: 1, prefill_req_num: 1, prompt_length: 5 }]);
  });

  describe('as JSON', () => {
    const text = JSON.stringify(good);
    const bad: readonly [what: string, body: string | Buffer, message: RegExp][] = [
      ['empty', '', /^invalid JSON: the body is empty; send a JSON object$/],
      ['blank', ' \n\t ', /^invalid JSON: /],
      ['malformed', '{"cluster":c}', /^invalid JSON: /],
      ['form-encoded', 'cluster=c&request_id=new', /^invalid JSON: /],
      ['truncated', text.slice(0, -1), /^invalid JSON: /],
      ['over-long', `${text}x`, /^invalid JSON: /],
      ['two objects', text + text, /^invalid JSON: /],
      ['single-quoted', text.replaceAll('"', "'"), /^invalid JSON: /],
      ['with a byte-order mark', bom + text, /^invalid JSON: /],
      ['with a raw newline in a string', '{"cluster":"a\nb"}', /^invalid JSON: /],
      ['NUL', '\u0000', /^invalid JSON: /],
      [
        'not UTF-8',
        Buffer.concat([Buffer.from('{"cluster":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]),
        /^invalid JSON: the body is not UTF-8; encode it as UTF-8$/,
      ],
      [
        'Latin-1',
        Buffer.from(text.replace('"c"', '"é"'), 'latin1'),
        /^invalid JSON: the body is not UTF-8; encode it as UTF-8$/,
      ],
      ['gzipped', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]), /^invalid JSON: the body is not UTF-8/],
    ];
    it.each(bad)('%s is refused', async (_, body, message) => {
      const post = await calls.post(body);
      expect(outcome(post)).toEqual(invalidJson);
      expect(post.body.error?.message).toMatch(message);
      expect(post.body.error?.message).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
    });

    it.each(bad.filter(([, body]) => body.length > 0))('%s is refused of a DELETE too', async (_, body) => {
      for (const path of ['stats', 'prompt']) {
        const answer = await call('DELETE', `${replica.url}/v1/load/${path}?request_id=standing`, body);
        expect(outcome(answer)).toEqual(invalidJson);
      }
    });

    it.each(['null', '5', '"text"', 'true', '[]', '[{"request_id":"standing"}]'])(
      '%s is no object',
      async (body) => {
        for (const [method, path] of [
          ['POST', '/v1/load/stats'],
          ['DELETE', '/v1/load/stats'],
          ['DELETE', '/v1/load/prompt'],
          ['POST', '/log/level'],
        ] as const) {
          const answer = await call(method, replica.url + path, body);
          expect(outcome(answer)).toEqual(invalidArgument);
          expect(answer.body.error?.message).toBe('the body must be a JSON object');
        }
      },
    );

    it('is shown as it is escaped, words of the validator’s own among it', async () => {
      const { body } = await calls.record({ ...good, cluster: '$value\n$property' });
      expect(body.error?.message).toMatch(/but was "\\u0024value\\n\\u0024property"$/);
    });

    it('may be nested as deeply as 16 KiB allow', async () => {
      const deep = (inner: string) => `{"cluster":"c","x":${'['.repeat(8_000)}${inner}${']'.repeat(8_000)}}`;
      for (const inner of ['', '9007199254740993', '{"a":"']) {
        const { status, body } = await calls.post(deep(inner));
        expect([status, body.error?.code]).toEqual([400, 40001400]);
        expect(body.error?.message).not.toMatch(/stack/);
      }
    });
  });

  describe('in a field of a POST', () => {
    it.each([
      [{ prompt_length: '5' }, `${lengthRule}"5"`],
      [{ prompt_length: 1.5 }, `${lengthRule}1.5`],
      [{ prompt_length: -1 }, `${lengthRule}-1`],
      [{ prompt_length: 2 ** 31 }, `${lengthRule}2147483648`],
      [{ prompt_length: true }, `${lengthRule}true`],
      [{ prompt_length: [5] }, `${lengthRule}a list or an object`],
      [{ prompt_length: { a: 5 } }, `${lengthRule}a list or an object`],
      [{ ip: '' }, `${ipRule}""`],
      [{ ip: 'localhost' }, `${ipRule}"localhost"`],
      [{ ip: '1.2.3' }, `${ipRule}"1.2.3"`],
      [{ ip: '1.2.3.4.5' }, `${ipRule}"1.2.3.4.5"`],
      [{ ip: '::1' }, `${ipRule}"::1"`],
      [{ ip: '01.2.3.4' }, `${ipRule}"01.2.3.4"`],
      [{ ip: '1.2.3.256' }, `${ipRule}"1.2.3.256"`],
      [{ ip: '10.0.0.1 ' }, `${ipRule}"10.0.0.1 "`],
      [{ ip: '10.0.0.1\n' }, `${ipRule}"10.0.0.1\\n"`],
      [{ ip: '10.0.0.1:80' }, `${ipRule}"10.0.0.1:80"`],
      [{ ip: 1234 }, `${ipRule}1234`],
      [{ ip: undefined }, 'ip is missing; it must be an IPv4 address like 192.168.1.1'],
      [{ ip: null }, 'ip is missing; it must be an IPv4 address like 192.168.1.1'],
      [{ timestamp: '5' }, 'timestamp must be a 64-bit integer of Unix nanoseconds, but was "5"'],
      [{ timestamp: 1.5 }, 'timestamp must be a 64-bit integer of Unix nanoseconds, but was 1.5'],
    ])('%j is refused', async (fields, message) => {
      const answer = await calls.record({ ...good, ...fields });
      expect(outcome(answer)).toEqual(invalidArgument);
      expect(answer.body.error?.message).toBe(message);
    });

    it.each([
      ['9223372036854775808', '9223372036854775808'],
      ['-9223372036854775809', '-9223372036854775809'],
      ['1e300', '1e\\+300'],
      ['1e999', 'Infinity'],
    ])('timestamp %s is refused', async (literal, quoted) => {
      const answer = await calls.post(JSON.stringify(good).replace('{', `{"timestamp":${literal},`));
      expect(outcome(answer)).toEqual(invalidArgument);
      expect(answer.body.error?.message).toMatch(new RegExp(`^timestamp must be .* but was ${quoted}$`));
    });

    it.each(['9007199254740993', '1e999', '-0.1', '2147483647.5'])(
      'prompt_length %s is refused',
      async (n) => {
        const answer = await calls.post(
          `{"cluster":"c","request_id":"new","ip":"${ip}","prompt_length":${n}}`,
        );
        expect(outcome(answer)).toEqual(invalidArgument);
        expect(answer.body.error?.message).toContain(lengthRule);
      },
    );

    const badNames = [
      ['', '""'],
      ['x'.repeat(257), `"${'x'.repeat(63)}…`],
      ['😀'.repeat(257), expect.stringMatching(/^"😀+\uFFFD?…$/u)],
      ['a\nb', '"a\\nb"'],
      ['a\u0000b', '"a\\u0000b"'],
      ['\u001B[31m', '"\\u001b[31m"'],
      ['a\u007F', '"a\\u007f"'],
      ['a\u0085b', '"a\\u0085b"'],
      ['a\u2028b', '"a\\u2028b"'],
      ['\uD800', '"\\ud800"'],
      [5, '5'],
      [true, 'true'],
      [['c'], 'a list or an object'],
      [{ c: 1 }, 'a list or an object'],
    ] as const;
    describe.each(['cluster', 'request_id'])('%s', (field) => {
      it.each(badNames)('%j is refused', async (value, quoted) => {
        const answer = await calls.record({ ...good, [field]: value });
        expect(outcome(answer)).toEqual(invalidArgument);
        const message = answer.body.error?.message ?? '';
        expect(message.startsWith(`${field} ${nameRule}`)).toBe(true);
        expect(message.slice(`${field} ${nameRule}`.length)).toEqual(quoted);
      });
    });

    it.each([['x'.repeat(256)], ['😀'.repeat(256)], ['模型/qwen "a\\b" é']])(
      'the name %s is accepted',
      async (name) => {
        const record = { cluster: name, request_id: name, ip };
        expect((await calls.record(record)).status).toBe(200);
        expect(await calls.counts(name)).toEqual([1, 1, 0]);
        expect((await calls.remove(record)).status).toBe(200);
        expect(await calls.counts(name)).toEqual([0, 0, 0]);
      },
    );

    it('names every bad field at once', async () => {
      const { body } = await calls.post('{"prompt_length":-1}');
      expect(body.error?.message).toMatch(
        /^cluster is missing; .*request_id is missing; .*ip is missing; .*prompt_length must be /,
      );
    });
  });

  describe.each(['stats', 'prompt'])('of DELETE /v1/load/%s', (path) => {
    it.each([
      [{}, 'request_id is missing'],
      [{ request_id: '' }, 'request_id must be text'],
      [{ request_id: 'a\nb' }, 'request_id must be text'],
      [{ request_id: 'standing', cluster: 'x'.repeat(257) }, 'cluster must be text'],
      [{ request_id: 'standing', cluster: 5 }, 'cluster must be text'],
      [{ request_id: 'standing', ip: '::1' }, 'ip must be an IPv4 address'],
      [{ request_id: 'standing', prompt_length: '5' }, 'prompt_length must be an integer'],
      [{ request_id: 'standing', prompt_length: -1 }, 'prompt_length must be an integer'],
    ])('%j is refused', async (reference, message) => {
      const answer = await call('DELETE', `${replica.url}/v1/load/${path}`, reference);
      expect(outcome(answer)).toEqual(invalidArgument);
      expect(answer.body.error?.message).toContain(message);
    });

    it.each([
      ['', 'request_id is missing'],
      ['?request_id=', 'request_id must be text'],
      ['?request_id=standing&request_id=standing', 'request_id must be text'],
      ['?request_id=standing&ip=localhost', 'ip must be an IPv4 address'],
      ['?request_id=standing&prompt_length=x', 'prompt_length must be an integer'],
      ['?request_id=standing&prompt_length=-1', 'prompt_length must be an integer'],
      ['?request_id=standing&prompt_length=1.5', 'prompt_length must be an integer'],
      ['?request_id=standing&prompt_length=2147483648', 'prompt_length must be an integer'],
      ['?request_id=standing%0A', 'request_id must be text'],
    ])('the query %j is refused', async (query, message) => {
      const answer = await call('DELETE', `${replica.url}/v1/load/${path}${query}`);
      expect(outcome(answer)).toEqual(invalidArgument);
      expect(answer.body.error?.message).toContain(message);
    });
  });

  describe('of GET /v1/load/stats', () => {
    it.each(['', '?', '?cluster', '?cluster=', '?cluster=a&cluster=b', '?cluster=%00', '?Cluster=c'])(
      '%j is refused',
      async (query) => {
        const answer = await call('GET', `${replica.url}/v1/load/stats${query}`);
        expect(outcome(answer)).toEqual(invalidArgument);
        expect(answer.body.error?.message).toMatch(/^cluster (is missing; it )?must be text of 1 to 256 /);
      },
    );
  });

  describe('of POST /log/level', () => {
    it.each([{}, { LevelParam: '' }, { LevelParam: 'LOUD' }, { LevelParam: 5 }, { LevelParam: ['INFO'] }])(
      '%j is refused',
      async (body) => {
        const answer = await call('POST', `${replica.url}/log/level`, body);
        expect(outcome(answer)).toEqual(invalidArgument);
        expect(answer.body.error?.message).toMatch(
          /^LevelParam (is missing; it )?must be one of TRACE, DEBUG, INFO, WARN, ERROR, FATAL/,
        );
      },
    );
  });

  describe('too large', () => {
    const tooLarge = [413, 41300000, 'body_too_large'];
    const padded = (bytes: number) => `{"request_id":"none"}`.padEnd(bytes, ' ');

    it('is a body over 16 KiB, not one of 16 KiB', async () => {
      expect((await call('DELETE', `${replica.url}/v1/load/stats`, padded(16_384))).status).toBe(200);
      const answer = await call('DELETE', `${replica.url}/v1/load/stats`, padded(16_385));
      expect(outcome(answer)).toEqual(tooLarge);
      expect(answer.body.error?.message).toBe('the body is larger than 16384 bytes; send a smaller one');
    });

    it('is such a body in chunks too', async () => {
      const chunked = { 'transfer-encoding': 'chunked' };
      const url = `${replica.url}/v1/load/stats`;
      expect((await call('DELETE', url, padded(16_384), chunked)).status).toBe(200);
      expect(outcome(await call('DELETE', url, padded(16_385), chunked))).toEqual(tooLarge);
    });

    it('is a body of megabytes, of which the client hears although it has not sent all', async () => {
      expect(outcome(await calls.post(Buffer.alloc(3_000_000, 0x20)))).toEqual(tooLarge);
    });
  });
});
