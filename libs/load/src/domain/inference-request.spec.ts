import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GcPolicy } from './gc-policy.js';
import {
  type Life,
  type RequestRecord,
  packedRecord,
  isEnded,
  isPossibleLife,
  isSameKnowledge,
  maxGeneration,
  maxPromptLength,
  mergeLives,
  recordLife,
  releaseLife,
  removeLife,
} from './inference-request.js';

const policy = new GcPolicy(600_000);
const record: RequestRecord = { timestampNs: 7n, cluster: 'llama', ip: '10.0.0.1', promptLength: 512 };

const records = fc.record({
  timestampNs: fc.bigInt(0n, 2n),
  cluster: fc.constantFrom('a', 'b'),
  ip: fc.constantFrom('10.0.0.1', '10.0.0.2'),
  promptLength: fc.nat(2),
});
const lives: fc.Arbitrary<Life> = fc.record({
  generation: fc.integer({ min: 1, max: 3 }),
  record: fc.option(records, { nil: undefined }),
  released: fc.boolean(),
  removed: fc.boolean(),
  startedMs: fc.integer({ min: -3, max: 0 }),
});

describe('mergeLives', () => {
  it('is commutative', () => {
    const holds = fc.property(lives, lives, (a, b) => {
      expect(mergeLives(a, b)).toEqual(mergeLives(b, a));
    });
    fc.assert(holds);
  });

  it('is associative', () => {
    const holds = fc.property(lives, lives, lives, (a, b, c) => {
      expect(mergeLives(mergeLives(a, b), c)).toEqual(mergeLives(a, mergeLives(b, c)));
    });
    fc.assert(holds);
  });

  it('is idempotent', () => {
    const holds = fc.property(lives, (a) => {
      expect(mergeLives(a, a)).toEqual(a);
    });
    fc.assert(holds);
  });

  it('never begins a generation', () => {
    const holds = fc.property(lives, lives, (a, b) => {
      expect(mergeLives(a, b).generation).toBe(Math.max(a.generation, b.generation));
    });
    fc.assert(holds);
  });

  it('keeps its verdict on ended lives whose record was forgotten but for the timestamp', () => {
    const packed = (life: Life): Life => ({
      ...life,
      record: life.record && isEnded(life, 0, policy) ? packedRecord(life.record.timestampNs) : life.record,
    });
    const holds = fc.property(lives, lives, (a, b) => {
      expect(packed(mergeLives(packed(a), packed(b)))).toEqual(packed(mergeLives(a, b)));
    });
    fc.assert(holds);
  });

  it('takes the greater generation whole', () => {
    const old: Life = { generation: 1, record, released: true, removed: true, startedMs: 0 };
    const young: Life = { generation: 2, record, released: false, removed: false, startedMs: 50 };
    expect(mergeLives(old, young)).toEqual(young);
  });
});

describe('a client’s calls', () => {
  const first = recordLife(undefined, record, 1000, policy) as Life;
  const removed = removeLife(first, 1000, policy) as Life;

  it('begins generation 1 at now', () => {
    expect(first).toEqual({ generation: 1, record, released: false, removed: false, startedMs: 1000 });
  });

  it('takes the same load again as a repeat, whatever its timestamp', () => {
    expect(recordLife(first, { ...record, timestampNs: 8n }, 1000, policy)).toBe('repeated');
  });

  it.each([{ cluster: 'qwen' }, { ip: '10.0.0.2' }, { promptLength: 1 }])('refuses %o in flight', (other) => {
    expect(recordLife(first, { ...record, ...other }, 1000, policy)).toBe('conflict');
  });

  it('knows a late retry by its timestamp', () => {
    expect(recordLife(removed, record, 1000, policy)).toBe('repeated');
  });

  it.each([8n, 0n])('begins a new life after the end for timestamp %d', (timestampNs) => {
    const again = { ...record, timestampNs };
    expect(recordLife(removed, again, 2000, policy)).toMatchObject({
      generation: 2,
      startedMs: 2000,
      removed: false,
    });
  });

  it('begins no generation that other replicas would refuse', () => {
    const last = { ...removed, generation: maxGeneration };
    expect(isPossibleLife(last, 1000)).toBe(true);
    expect(recordLife(last, { ...record, timestampNs: 8n }, 2000, policy)).toBe('repeated');
    const lastButOne = { ...removed, generation: maxGeneration - 1 };
    expect(
      isPossibleLife(recordLife(lastButOne, { ...record, timestampNs: 8n }, 2000, policy) as Life, 2000),
    ).toBe(true);
  });

  it('has a prompt length and a timestamp that can be kept as they are', () => {
    const isPossible = (fields: Partial<RequestRecord>): boolean =>
      isPossibleLife({ ...first, record: { ...record, ...fields } }, 1000);
    for (const promptLength of [0, 1, maxPromptLength]) expect(isPossible({ promptLength })).toBe(true);
    for (const promptLength of [-1, 0.5, Number.NaN, maxPromptLength + 1])
      expect(isPossible({ promptLength })).toBe(false);
    for (const timestampNs of [0n, -(2n ** 63n), 2n ** 63n - 1n])
      expect(isPossible({ timestampNs })).toBe(true);
    for (const timestampNs of [-(2n ** 63n) - 1n, 2n ** 63n]) expect(isPossible({ timestampNs })).toBe(false);
  });

  it('never takes two missing timestamps for the same', () => {
    const unstamped = { ...record, timestampNs: 0n };
    const ended = removeLife(recordLife(undefined, unstamped, 0, policy) as Life, 0, policy) as Life;
    expect(recordLife(ended, unstamped, 1, policy)).toMatchObject({ generation: 2 });
  });

  it('gives the record that comes late to the marker’s life', () => {
    const marker = removeLife(undefined, 1000, policy) as Life;
    expect(recordLife(marker, record, 2000, policy)).toEqual({ ...marker, record });
  });

  it('releases once', () => {
    const released = releaseLife(first, 1000, policy) as Life;
    expect(released.released).toBe(true);
    expect(releaseLife(released, 1000, policy)).toBe('repeated');
  });

  it('changes nothing after the end', () => {
    expect(releaseLife(removed, 1000, policy)).toBe('ended');
    expect(removeLife(removed, 1000, policy)).toBe('ended');
  });

  it('takes expiry for the end', () => {
    expect(removeLife(first, 1000 + policy.expiryMs - 1, policy)).toMatchObject({ removed: true });
    expect(removeLife(first, 1000 + policy.expiryMs, policy)).toBe('ended');
  });

  it('tells knowledge from age', () => {
    expect(isSameKnowledge(first, { ...first, startedMs: 0 })).toBe(true);
    expect(isSameKnowledge(first, removed)).toBe(false);
  });
});
