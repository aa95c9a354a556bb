import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { WireError } from '#replication';
import { ManualClock } from '#testing';
import { RecordRequest } from '../../application/record-request.js';
import { ReleasePrompt } from '../../application/release-prompt.js';
import { RemoveRequest } from '../../application/remove-request.js';
import type { RequestChanges } from '../../application/ports/request-changes.js';
import { GcPolicy } from '../../domain/gc-policy.js';
import type { RequestRecord } from '../../domain/inference-request.js';
import { LoadStats } from '../../domain/load-stats.js';
import { LoadGoWire } from './go-wire.js';
import { changeText } from './life-format.js';

const limits = { maxRequests: 10_000, maxEngines: 1_000, maxClusters: 1_000, maxTombstones: 10_000 };
const record: RequestRecord = {
  timestampNs: 1763851234567890123n,
  cluster: 'mycluster',
  ip: '192.168.1.1',
  promptLength: 512,
};
const setBody =
  '{"cluster":"mycluster","request_id":"req123","prompt_length":512,"ip":"192.168.1.1","timestamp":1763851234567890123}';
const referenceBody = '{"cluster":"","request_id":"req123","ip":""}';

/** As the HTTP layer reads bodies: integers that a double can't hold are bigint. */
const parsed = (text: string): unknown =>
  JSON.parse(text, ((_name: string, value: unknown, { source }: { source?: string }) =>
    Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(source!) : value) as (
    name: string,
    value: unknown,
  ) => unknown);

describe('LoadGoWire', () => {
  const clock = new ManualClock();
  let load: LoadStats;
  let wire: LoadGoWire;
  beforeEach(() => {
    load = new LoadStats(new GcPolicy(600_000), limits);
    wire = new LoadGoWire(load, clock);
  });

  const counts = (cluster = 'mycluster') =>
    [...load.enginesOf(cluster)].map(({ ip, queuedCount, prefillCount, promptLength }) => [
      ip,
      queuedCount,
      prefillCount,
      promptLength,
    ]);

  describe('tells a Go peer', () => {
    const change = (known: {
      record?: RequestRecord;
      released?: boolean;
      removed?: boolean;
      generation?: number;
    }) =>
      changeText('req123', {
        generation: 1,
        record: undefined,
        released: false,
        removed: false,
        startedMs: 0,
        ...known,
      });
    const told = (state: string) => wire.callsFor(state).map(({ type, body }) => [type, body]);
    const set = ['load.stats.set', setBody];
    const release = ['load.prompt.delete', referenceBody];
    const remove = ['load.stats.delete', referenceBody];

    it.each([
      ['a record', { record }, [set]],
      ['the record of a released marker', { record, released: true }, [set, release]],
      ['the record of a removed marker', { record, removed: true }, []],
      ['the record of a marker that is both', { record, released: true, removed: true }, []],
      ['a release', { released: true }, [release]],
      ['a removal', { removed: true }, [remove]],
      ['the removal of what was released', { released: true, removed: true }, [remove]],
      ['a record of a later life', { record, generation: 2 }, [set]],
      ['the removal of a later life', { removed: true, generation: 3 }, [remove]],
    ])('of %s', (_, known, calls) => {
      expect(told(change(known))).toEqual(calls);
    });

    it('of each change that calls make, under the id as key', () => {
      const calls: string[] = [];
      const changes: RequestChanges = {
        publish: (id, life) => {
          for (const { key, type } of wire.callsFor(changeText(id, life))) calls.push(`${key} ${type}`);
        },
      };
      const recordRequest = new RecordRequest(load, clock, changes);
      const releasePrompt = new ReleasePrompt(load, clock, changes);
      const removeRequest = new RemoveRequest(load, clock, changes);
      recordRequest.execute('a', record);
      releasePrompt.execute('a');
      removeRequest.execute('a');
      removeRequest.execute('b');
      recordRequest.execute('b', record);
      recordRequest.execute('a', { ...record, timestampNs: 1n });
      expect(calls).toEqual([
        'a load.stats.set',
        'a load.prompt.delete',
        'a load.stats.delete',
        'b load.stats.delete',
        'a load.stats.set',
      ]);
    });

    // What Go 1.26 prints for the service's struct.
    it.each([
      [
        'no numbers',
        { promptLength: 0, timestampNs: 0n },
        '{"cluster":"mycluster","request_id":"req123","ip":"192.168.1.1"}',
      ],
      [
        'the greatest numbers',
        { promptLength: 2_147_483_647, timestampNs: 9_223_372_036_854_775_807n },
        '{"cluster":"mycluster","request_id":"req123","prompt_length":2147483647,"ip":"192.168.1.1","timestamp":9223372036854775807}',
      ],
      [
        'what HTML would read',
        { cluster: 'a<b>&c\u2028\u2029', timestampNs: 0n },
        String.raw`{"cluster":"a\u003cb\u003e\u0026c\u2028\u2029","request_id":"req123","prompt_length":512,"ip":"192.168.1.1"}`,
      ],
      [
        'what needs no more than UTF-8',
        { cluster: '"\\/\'\u007fé日😀\ufffd', timestampNs: 0n },
        '{"cluster":"\\"\\\\/\'\u007fé日😀\ufffd","request_id":"req123","prompt_length":512,"ip":"192.168.1.1"}',
      ],
      [
        'control characters',
        { cluster: '\b\f\n\r\t\u0001\u001f', timestampNs: 0n },
        String.raw`{"cluster":"\b\f\n\r\t\u0001\u001f","request_id":"req123","prompt_length":512,"ip":"192.168.1.1"}`,
      ],
    ])('of %s in the bytes that Go writes', (_, fields, body) => {
      expect(told(change({ record: { ...record, ...fields } }))).toEqual([['load.stats.set', body]]);
    });

    it('of an id in the bytes that Go writes', () => {
      const state = changeText('<id>', {
        generation: 1,
        record: undefined,
        released: false,
        removed: true,
        startedMs: 0,
      });
      expect(wire.callsFor(state)).toEqual([
        {
          type: 'load.stats.delete',
          key: '<id>',
          body: String.raw`{"cluster":"","request_id":"\u003cid\u003e","ip":""}`,
        },
      ]);
    });
  });

  describe('hears of a Go peer', () => {
    const receive = (type: string, body: string) => wire.receive(type, parsed(body));

    it('a record, a release and a removal', () => {
      expect(receive('load.stats.set', setBody)).toBe(true);
      expect(counts()).toEqual([['192.168.1.1', 1, 1, 512]]);
      expect(receive('load.prompt.delete', referenceBody)).toBe(true);
      expect(counts()).toEqual([['192.168.1.1', 1, 0, 0]]);
      expect(receive('load.stats.delete', referenceBody)).toBe(true);
      expect(counts()).toEqual([['192.168.1.1', 0, 0, 0]]);
    });

    it('a record that leaves out what is 0', () => {
      receive('load.stats.set', '{"cluster":"mycluster","request_id":"req123","ip":"192.168.1.1"}');
      expect(counts()).toEqual([['192.168.1.1', 1, 1, 0]]);
    });

    it('deletions of its later releases, which name the id alone', () => {
      receive('load.stats.set', setBody);
      receive('load.prompt.delete', '{"request_id":"req123"}');
      expect(counts()).toEqual([['192.168.1.1', 1, 0, 0]]);
      receive('load.stats.delete', '{"request_id":"req123","timestamp":1763851234567890123}');
      expect(counts()).toEqual([['192.168.1.1', 0, 0, 0]]);
    });

    it('a record after its deletions, which completes the marker', () => {
      receive('load.prompt.delete', referenceBody);
      receive('load.stats.set', setBody);
      expect(counts()).toEqual([['192.168.1.1', 1, 0, 0]]);
      receive('load.stats.delete', '{"request_id":"other"}');
      receive('load.stats.set', setBody.replace('req123', 'other'));
      expect(counts()).toEqual([['192.168.1.1', 1, 0, 0]]);
    });

    it('a record once more, before and after the removal, which begins no new life', () => {
      receive('load.stats.set', setBody);
      receive('load.stats.set', setBody);
      expect(counts()).toEqual([['192.168.1.1', 1, 1, 512]]);
      receive('load.stats.delete', referenceBody);
      receive('load.stats.set', setBody);
      receive('load.stats.set', setBody.replace('1763851234567890123', '1763851234567890124'));
      expect(counts()).toEqual([['192.168.1.1', 0, 0, 0]]);
    });

    it('timestamps to the last digit, so that a late retry is known by it', () => {
      const noChanges: RequestChanges = { publish: () => {} };
      const recordRequest = new RecordRequest(load, clock, noChanges);
      const timestampNs = 9_223_372_036_854_775_807n;
      receive('load.stats.set', setBody.replace('1763851234567890123', String(timestampNs)));
      receive('load.stats.delete', referenceBody);
      expect(recordRequest.execute('req123', { ...record, timestampNs })).toBe('repeated');
      expect(recordRequest.execute('req123', { ...record, timestampNs: timestampNs - 1n })).toBe('recorded');
    });

    it('its requests as begun now, unless they are known to be older', () => {
      receive('load.stats.set', setBody);
      clock.advance(600_000);
      load.collect(clock.now(), 10);
      expect(counts()).toEqual([['192.168.1.1', 0, 0, 0]]);
      receive('load.stats.set', setBody);
      expect(counts()).toEqual([['192.168.1.1', 0, 0, 0]]);
    });

    it('nothing of other types', () => {
      expect(wire.receive('cache.save', {})).toBe(false);
      expect(wire.receive('', undefined)).toBe(false);
    });

    const name = 'text of 1 to 256 characters without control characters';
    const length = 'an integer from 0 to 2147483647';
    it.each([
      ['the body must be a JSON object', '[]'],
      ['the body must be a JSON object', 'null'],
      [`request_id is missing; it must be ${name}`, '{}'],
      [`request_id must be ${name}, but was ""`, '{"request_id":""}'],
      [`request_id must be ${name}, but was 7`, '{"request_id":7}'],
      [`request_id must be ${name}, but was "${'x'.repeat(63)}…`, `{"request_id":"${'x'.repeat(257)}"}`],
      [`request_id must be ${name}, but was "\\u0000"`, String.raw`{"request_id":"\u0000"}`],
      [`cluster is missing; it must be ${name}`, '{"request_id":"r"}'],
      [`cluster must be ${name}, but was ""`, '{"request_id":"r","cluster":""}'],
      ['ip is missing; it must be an IPv4 address like 192.168.1.1', '{"request_id":"r","cluster":"c"}'],
      [
        'ip must be an IPv4 address like 192.168.1.1, but was "::1"',
        '{"request_id":"r","cluster":"c","ip":"::1"}',
      ],
      [`prompt_length must be ${length}, but was -1`, setBody.replace('512', '-1')],
      [`prompt_length must be ${length}, but was 2147483648`, setBody.replace('512', '2147483648')],
      [
        `prompt_length must be ${length}, but was 9007199254740993`,
        setBody.replace('512', '9007199254740993'),
      ],
      [`prompt_length must be ${length}, but was 1.5`, setBody.replace('512', '1.5')],
      [
        'timestamp must be a 64-bit integer of Unix nanoseconds, but was 9223372036854775808',
        setBody.replace('1763851234567890123', '9223372036854775808'),
      ],
      [
        'timestamp must be a 64-bit integer of Unix nanoseconds, but was "1"',
        setBody.replace('1763851234567890123', '"1"'),
      ],
    ])('and refuses: %s', (message, body) => {
      expect(() => receive('load.stats.set', body)).toThrow(new WireError(message));
      expect(load.liveCount + load.tombstoneCount).toBe(0);
    });

    it('names of up to 256 characters, however many units those have', () => {
      const id = '😀'.repeat(256);
      receive('load.stats.set', setBody.replace('req123', id));
      expect(load.liveCount).toBe(1);
      expect(() => receive('load.stats.delete', `{"request_id":"${id}x"}`)).toThrow(WireError);
    });
  });

  it('is understood by itself: what one replica tells, another hears', () => {
    const text = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 20 })
      .map((each) => each.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '<') || '&');
    const records = fc.record({
      timestampNs: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
      cluster: text,
      ip: fc.ipV4(),
      promptLength: fc.integer({ min: 0, max: 2_147_483_647 }),
    });
    fc.assert(
      fc.property(text, records, fc.boolean(), (id, sent, released) => {
        load = new LoadStats(new GcPolicy(600_000), limits);
        wire = new LoadGoWire(load, clock);
        const life = { generation: 1, record: sent, released, removed: false, startedMs: 0 };
        for (const { type, body } of wire.callsFor(changeText(id, life))) {
          expect(body).not.toMatch(/[<>&\u2028\u2029]/);
          wire.receive(type, parsed(body));
        }
        const [known] = [...load.known.slices({}, () => clock.nowMs())].flat();
        expect(known!.life).toEqual({ ...life, startedMs: clock.nowMs() });
        expect(counts(sent.cluster)).toEqual([
          [sent.ip, 1, released ? 0 : 1, released ? 0 : sent.promptLength],
        ]);
      }),
      { numRuns: 40 },
    );
  });
});
