import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, call } from './support/call.js';
import { LoadCalls } from './support/load-calls.js';
import { type Progress, ReplicaCalls, started, stranger } from './support/replica-calls.js';
import { type RunningReplica, startReplica } from './support/replica.js';

const mebibyte = 1024 * 1024;
const outcome = ({ status, body }: Answer) => [status, body.error?.code, body.error?.reason];
const invalidJson = [400, 40001400, 'invalid_json'];
const invalidArgument = [400, 40001400, 'invalid_argument'];
const progress = ({ body }: Answer) => body.data as Progress;

/** An event whose state has these fields in place of the right ones. */
const withState = (fields: object) => {
  const { state, ...event } = started('bad');
  return { ...event, state: { ...state, ...fields } };
};

describe('the calls between replicas', () => {
  let replica: RunningReplica;
  let calls: ReplicaCalls;
  let load: LoadCalls;
  beforeAll(async () => {
    replica = await startReplica();
    calls = new ReplicaCalls(replica.url);
    load = new LoadCalls(replica.url);
  });
  afterAll(() => replica.close());

  describe('refuse', () => {
    let refusedBefore: number;
    beforeEach(async () => {
      refusedBefore = (await calls.status()).totals['batches_refused']!;
    });

    /** What is refused is refused whole, and counted. */
    async function expectRefused(answer: Answer, error: readonly unknown[], message: string | RegExp) {
      expect(outcome(answer)).toEqual(error);
      expect(answer.body.error?.message).toMatch(message);
      expect(await load.load('c')).toEqual([]);
      const { totals, received, peers } = await calls.status();
      expect(totals).toMatchObject({ batches_refused: refusedBefore + 1, batches_received: 0 });
      expect([received, peers]).toEqual([[], []]);
    }

    const whole = JSON.stringify({ v: 1, ...stranger, first: 1, oldest: 1, events: [started('a')] });

    it.each([
      ['nothing', '', 'invalid JSON: the body is empty; send a batch'],
      ['a blank', ' ', 'invalid JSON: '],
      ['what is cut off', whole.slice(0, -1), 'invalid JSON: '],
      ['two batches', whole + whole, 'invalid JSON: '],
      ['NaN', whole.replace('"ageMs":0', '"ageMs":NaN'), 'invalid JSON: '],
      [
        'bytes that are not UTF-8',
        Buffer.from(whole.replace('"c"', '"é"'), 'latin1'),
        'the body is not UTF-8',
      ],
      ['a gzipped batch', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]), 'the body is not UTF-8'],
    ])('%s for a batch, since it is no JSON', async (_, body, message) => {
      await expectRefused(await calls.post('events', body), invalidJson, message);
    });

    const epochRule = 'epoch must be 16 lower-case hex digits';
    const firstRule = 'first must be a sequence number, an integer from 1';
    const oldestRule = 'oldest must be a sequence number, an integer from 1 to first';
    it.each([
      [{ v: 2 }, 'v must be 1; bring all replicas to releases that speak it'],
      [{ v: '1' }, 'v must be 1; '],
      [{ v: undefined }, 'v must be 1; '],
      [{ origin: undefined }, 'origin must be the address host:port of the sender'],
      [{ origin: 'a'.repeat(301) }, 'origin must be the address host:port of the sender'],
      [{ epoch: undefined }, epochRule],
      [{ epoch: '' }, epochRule],
      [{ epoch: 'AAAAAAAAAAAAAAAA' }, epochRule],
      [{ epoch: 'aaaaaaaaaaaaaaa' }, epochRule],
      [{ epoch: `${'a'.repeat(16)}\n` }, epochRule],
      [{ epoch: 1 }, epochRule],
      [{ first: 0 }, firstRule],
      [{ first: 1.5 }, firstRule],
      [{ first: 2 ** 53 }, firstRule],
      [{ first: '1' }, firstRule],
      [{ oldest: 2 }, oldestRule],
      [{ oldest: 0 }, oldestRule],
      [{ events: undefined }, 'events must be an array'],
      [{ events: {} }, 'events must be an array'],
    ])('a batch with %j', async (fields, message) => {
      await expectRefused(await calls.events([started('a')], fields), invalidArgument, message);
    });

    const ageRule = String.raw`^events\[1\]\.ageMs must be a number from 0, in milliseconds$`;
    it.each([
      [null, String.raw`^events\[1\] must be a JSON object$`],
      [[], String.raw`^events\[1\] must be a JSON object$`],
      [{ ...started('bad'), kind: 7 }, String.raw`^events\[1\]\.kind must be a string$`],
      [{ ...started('bad'), ageMs: -1 }, ageRule],
      [{ ...started('bad'), ageMs: '5' }, ageRule],
      [{ ...started('bad'), ageMs: null }, ageRule],
      [{ ...started('bad'), unchangedMs: -1 }, ageRule.replace('ageMs', 'unchangedMs')],
      [{ ...started('bad'), unchangedMs: undefined }, ageRule.replace('ageMs', 'unchangedMs')],
    ])('a batch of which one event is %j', async (event, message) => {
      const answer = await calls.events([started('a'), event as object, started('b')]);
      await expectRefused(answer, invalidArgument, new RegExp(message));
    });

    it('a batch with an age beyond all numbers', async () => {
      const body = whole.replace('"ageMs":0', '"ageMs":1e999');
      await expectRefused(await calls.post('events', body), invalidArgument, /^events\[0\]\.ageMs must be/);
    });

    const recordRule = 'r must be an array of a timestamp, or of timestamp, cluster, ip and prompt length';
    it.each([
      [{ g: 0 }, 'g must be a generation, an integer from 1 to 4294967295'],
      [{ g: 2 ** 32 }, 'g must be a generation, an integer from 1 to 4294967295'],
      [{ g: '1' }, 'g must be a generation, an integer from 1 to 4294967295'],
      [{ f: 4 }, 'f must be flags, an integer from 0 to 3'],
      [{ f: -1 }, 'f must be flags, an integer from 0 to 3'],
      [{ id: '' }, 'id must be text of 1 to 256 characters, or key 16 lower-case hex digits'],
      [
        { id: undefined, key: 'xyz' },
        'id must be text of 1 to 256 characters, or key 16 lower-case hex digits',
      ],
      [{ r: 'c' }, recordRule],
      [{ r: ['1', 'c', '10.0.0.1'] }, recordRule],
      [{ r: [1, 'c', '10.0.0.1', 5] }, 'r[0], the timestamp, must be a 64-bit integer as text'],
      [
        { r: ['9223372036854775808', 'c', '10.0.0.1', 5] },
        'r[0], the timestamp, must be a 64-bit integer as text',
      ],
      [
        { r: ['1', 'c'.repeat(513), '10.0.0.1', 5] },
        'r[1], the cluster, must be text of 1 to 256 characters',
      ],
      [{ r: ['1', 'c', '10.0.0.256', 5] }, 'r[2], the ip, must be an IPv4 address'],
      [{ r: ['1', 'c', '10.0.0.1', -1] }, 'r[3], the prompt length, must be an integer from 0 to 2147483647'],
      [
        { r: ['1', 'c', '10.0.0.1', 2 ** 31] },
        'r[3], the prompt length, must be an integer from 0 to 2147483647',
      ],
    ])('a batch of which one state has %j', async (fields, message) => {
      const answer = await calls.events([started('a'), started('b'), withState(fields)]);
      await expectRefused(answer, invalidArgument, /^events\[2\]\.state: /);
      expect(answer.body.error?.message).toBe(`events[2].state: ${message}`);
    });

    it('a state that is nested deeply', async () => {
      const nested = '['.repeat(100_000) + ']'.repeat(100_000);
      const body = whole.replace(/"state":\{.*\}\]/, `"state":${nested}}]`);
      await expectRefused(await calls.post('events', body), invalidArgument, 'state: g must be a generation');
    });

    it.each([
      ['', invalidJson, 'invalid JSON: the body is empty; send a JSON object'],
      [Buffer.from([0xff]), invalidJson, 'invalid JSON: the body is not UTF-8'],
      ['{"v":1', invalidJson, 'invalid JSON: '],
      ['[]', invalidArgument, 'the body must be a JSON object'],
      [{ v: 2, agoMs: 0, youngerThanMs: 1 }, invalidArgument, 'v must be 1, but was 2'],
      [
        { v: 1, agoMs: 0 },
        invalidArgument,
        'youngerThanMs is missing; it must be a number from 0, in milliseconds',
      ],
      [
        { v: 1, agoMs: 0, youngerThanMs: -1 },
        invalidArgument,
        'youngerThanMs must be a number from 0, in milliseconds',
      ],
      [
        { v: 1, agoMs: 0, youngerThanMs: '5' },
        invalidArgument,
        'youngerThanMs must be a number from 0, in milliseconds',
      ],
      [
        { v: 1, agoMs: -1, youngerThanMs: 1 },
        invalidArgument,
        'agoMs must be a number from 0, in milliseconds',
      ],
      ['{"v":1,"agoMs":0,"youngerThanMs":1e999}', invalidArgument, 'youngerThanMs must be a number from 0'],
    ])('%j for a digest', async (body, error, message) => {
      const answer = await calls.post('digest', body);
      expect(outcome(answer)).toEqual(error);
      expect(answer.body.error?.message).toMatch(message);
    });

    it.each([
      ['buckets=', 'but was ""'],
      ['buckets=256', 'but was "256"'],
      ['buckets=-1', 'but was "-1"'],
      ['buckets=1,,2', 'but was "1,,2"'],
      ['buckets=1.5', 'but was "1.5"'],
      ['buckets=1&buckets=2', 'but was a list'],
      [`buckets=${'1,'.repeat(256)}1`, 'buckets must be a list of at most 256 integers from 0 to 255'],
      ['younger_than_ms=-1', 'younger_than_ms must be a number from 0, in milliseconds, but was "-1"'],
      ['younger_than_ms=NaN', 'younger_than_ms must be a number from 0, in milliseconds, but was "NaN"'],
      ['hints=yes', 'hints must be true or false, but was "yes"'],
      ['hints=', 'hints must be true or false, but was ""'],
      ['hints=true&hints=true', 'hints must be true or false, but was a list'],
      ['hints=true&buckets=1', 'hints must be asked for as a whole; leave out buckets and younger_than_ms'],
      ['hints=true&younger_than_ms=0', 'hints must be asked for as a whole; leave out'],
    ])('?%s for a snapshot', async (query, message) => {
      const answer = await calls.snapshot(`?${query}`);
      expect(outcome(answer)).toEqual(invalidArgument);
      expect(answer.body.error?.message).toContain(message);
    });

    it.each([
      ['PUT', 'events', 'POST'],
      ['GET', 'events', 'POST'],
      ['GET', 'digest', 'POST'],
      ['POST', 'snapshot', 'GET, HEAD'],
      ['DELETE', 'status', 'GET, HEAD'],
    ])('%s %s', async (method, name, allow) => {
      const answer = await call(method, `${replica.url}/v1/replica/${name}`, whole);
      expect([...outcome(answer), answer.headers.allow]).toEqual([
        405,
        40500000,
        'method_not_allowed',
        allow,
      ]);
    });
  });

  it('take a batch of 1 MiB and not a byte more; clients’ calls still have 16 KiB', async () => {
    const batch = JSON.stringify({ v: 1, ...stranger, first: 1, oldest: 1, events: [] });
    expect((await calls.post('events', batch.padEnd(mebibyte))).status).toBe(200);
    const tooLarge = [413, 41300000, 'body_too_large'];
    expect(outcome(await calls.post('events', batch.padEnd(mebibyte + 1)))).toEqual(tooLarge);
    const digest = JSON.stringify({ v: 1, agoMs: 0, youngerThanMs: 1 });
    expect((await calls.post('digest', digest.padEnd(16_384))).status).toBe(200);
    expect(outcome(await calls.post('digest', digest.padEnd(16_385)))).toEqual(tooLarge);
    expect(outcome(await load.post(' '.repeat(16_385)))).toEqual(tooLarge);
  });

  it('skip events of a kind that is not known, and merge the others', async () => {
    const { events_skipped: before } = (await calls.status()).totals;
    const later = { ...started('later'), kind: 'later', state: 'whatever' };
    const answer = await calls.events([later, started('known', { cluster: 'kinds' }), later]);
    expect(progress(answer)).toMatchObject({ state: 'ready', outcome: 'applied', applied: 3 });
    expect(await load.counts('kinds')).toEqual([1, 1, 0]);
    expect((await calls.status()).totals['events_skipped']).toBe(before! + 2);
  });

  it.each([1e300, Number.MAX_VALUE, 690_000])('forget what is %d ms old as they take it', async (ageMs) => {
    const answer = await calls.events([{ ...started('old', { cluster: 'old' }), ageMs }], { first: 1 });
    expect(answer.status).toBe(200);
    expect(await load.load('old')).toEqual([]);
  });

  it('find a gap, and say from where on to send', async () => {
    const origin = { origin: '127.0.0.1:9', epoch: 'bbbbbbbbbbbbbbbb' };
    const send = async (first: number, count: number, oldest = 1) => {
      const events = Array.from({ length: count }, (_, i) =>
        started(`gap-${first + i}`, { cluster: 'gaps' }),
      );
      const { outcome: word, applied } = progress(await calls.events(events, { ...origin, first, oldest }));
      return [word, applied];
    };
    expect(await send(1, 2)).toEqual(['applied', 2]);
    expect(await send(4, 1)).toEqual(['gap', 2]);
    expect(await load.counts('gaps')).toEqual([3, 3, 0]);
    expect(await send(3, 2)).toEqual(['applied', 4]);
    expect(await send(1, 2)).toEqual(['applied', 4]);
    expect(await load.counts('gaps')).toEqual([4, 4, 0]);
    expect(await send(9, 1, 8)).toEqual(['snapshot', 4]);
    const { received, totals } = await calls.status();
    expect(received).toContainEqual({ ...origin, applied: 4 });
    expect(totals['gaps']).toBe(2);
  });
});
