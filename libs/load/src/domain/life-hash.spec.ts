import { describe, expect, it } from 'vitest';
import type { Life } from './inference-request.js';
import { hashLife } from './life-hash.js';
import { requestKeyOf } from './request-table/request-key.js';

const key = requestKeyOf('r-1');
const record = {
  timestampNs: 1_763_851_234_567_000_001n,
  cluster: 'llama',
  ip: '10.0.0.1',
  promptLength: 512,
};
const life: Life = { generation: 1, record, released: false, removed: false, startedMs: 5 };

describe('hashLife', () => {
  it('hashes an age not at all', () => {
    expect(hashLife(key, { ...life, startedMs: 9_000 })).toEqual(hashLife(key, life));
  });

  it.each<[string, Partial<Life>]>([
    ['the generation', { generation: 2 }],
    ['a release', { released: true }],
    ['a removal', { removed: true }],
    ['whether there is a record', { record: undefined }],
    ['the timestamp’s low half', { record: { ...record, timestampNs: record.timestampNs + 1n } }],
    ['the timestamp’s high half', { record: { ...record, timestampNs: record.timestampNs + (1n << 32n) } }],
    ['the timestamp’s sign', { record: { ...record, timestampNs: -record.timestampNs } }],
    ['the cluster', { record: { ...record, cluster: 'llamb' } }],
    ['the engine', { record: { ...record, ip: '10.0.0.2' } }],
    ['the length', { record: { ...record, promptLength: 513 } }],
  ])('tells apart by %s, in both halves', (_name, change) => {
    const [high, low] = hashLife(key, life);
    const [otherHigh, otherLow] = hashLife(key, { ...life, ...change });
    expect(otherHigh).not.toBe(high);
    expect(otherLow).not.toBe(low);
  });

  it('tells apart by both halves of the key', () => {
    const hashes = [key, { ...key, high: key.high + 1 }, { ...key, low: key.low + 1 }].map((each) =>
      hashLife(each, life),
    );
    expect(new Set(hashes.map(String)).size).toBe(3);
  });

  it('does not cancel out: states that were swapped between two ids differ in their sum', () => {
    const other = requestKeyOf('r-2');
    const removed = { ...life, removed: true };
    const sum = (...hashes: (readonly [number, number])[]) =>
      hashes.reduce(([high, low], [h, l]) => [(high + h) | 0, (low + l) | 0], [0, 0] as [number, number]);
    expect(sum(hashLife(key, life), hashLife(other, removed))).not.toEqual(
      sum(hashLife(key, removed), hashLife(other, life)),
    );
  });

  it('is spread over 64 bits: a hundred thousand lives meet nowhere', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 100_000; i++)
      seen.add(
        String(
          hashLife(requestKeyOf(`r-${i >> 2}`), { ...life, released: (i & 1) > 0, removed: (i & 2) > 0 }),
        ),
      );
    expect(seen.size).toBe(100_000);
  });
});
