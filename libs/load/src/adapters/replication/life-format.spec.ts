import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Life } from '../../domain/inference-request.js';
import { requestKeyOf } from '../../domain/request-table/request-key.js';
import { changeText, knownText, readLife } from './life-format.js';

const nowMs = 10_000;
const fullRecords = fc.record({
  timestampNs: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  cluster: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 64 }),
  ip: fc.ipV4(),
  promptLength: fc.nat(2_147_483_647),
});
const packedRecords = fullRecords.map(({ timestampNs }) => ({
  timestampNs,
  cluster: '',
  ip: '',
  promptLength: 0,
}));
const lives: fc.Arbitrary<Life> = fc.record({
  generation: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  record: fc.oneof(fullRecords, packedRecords, fc.constant(undefined)),
  released: fc.boolean(),
  removed: fc.boolean(),
  startedMs: fc.constant(nowMs - 7.5),
});
const ids = fc.string({ unit: 'binary', minLength: 1, maxLength: 256 });
const ages = { ageMs: 7.5, unchangedMs: 2 };

describe('the format of a life', () => {
  it('gives back what it was made of, by id', () => {
    const holds = fc.property(ids, lives, (id, life) => {
      const read = readLife(JSON.parse(changeText(id, life)), ages, nowMs);
      expect(read).toEqual({ key: requestKeyOf(id), life, changedMs: nowMs - 2 });
    });
    fc.assert(holds, { numRuns: 2_000 });
  });

  it('gives back what it was made of, by key', () => {
    const keys = fc.record({ high: fc.integer(), low: fc.integer() });
    const holds = fc.property(keys, lives, (key, life) => {
      expect(readLife(JSON.parse(knownText(key, life)), ages, nowMs)).toEqual({
        key,
        life,
        changedMs: nowMs - 2,
      });
    });
    fc.assert(holds, { numRuns: 2_000 });
  });

  it('is the same in every release', () => {
    const marker: Life = { generation: 1, record: undefined, released: true, removed: true, startedMs: 0 };
    expect(changeText('r-1', marker)).toBe('{"id":"r-1","g":1,"f":3}');
    const key = { high: 1, low: -1 };
    const record = { timestampNs: 5n, cluster: '', ip: '', promptLength: 0 };
    expect(knownText(key, { ...marker, released: false, record })).toBe(
      '{"key":"00000001ffffffff","g":1,"f":2,"r":["5"]}',
    );
  });

  it('names the field that is wrong', () => {
    const state = { id: 'r-1', g: 1, f: 0, r: ['5', 'llama', '10.0.0.1', 512] };
    const wrong: [object, RegExp][] = [
      [{ g: 0 }, /^g must be a generation/],
      [{ f: 9 }, /^f must be flags/],
      [{ id: '' }, /^id must be text of 1 to 256 characters, or key/],
      [{ r: [] }, /^r must be an array/],
      [{ r: ['x'] }, /^r\[0\], the timestamp, must be/],
      [{ r: ['5', 1, '10.0.0.1', 512] }, /^r\[1\], the cluster, must be/],
      [{ r: ['5', 'llama', 'host', 512] }, /^r\[2\], the ip, must be/],
      [{ r: ['5', 'llama', '10.0.0.1', '512'] }, /^r\[3\], the prompt length, must be/],
    ];
    for (const [field, message] of wrong)
      expect(() => readLife({ ...state, ...field }, ages, nowMs), String(message)).toThrow(message);
  });
});
