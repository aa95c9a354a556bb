import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '#testing';
import { GcPolicy } from './gc-policy.js';
import { type KnownLife, bucketOf } from './known-lives.js';
import { LoadStats } from './load-stats.js';
import { keyText, requestKeyOf } from './request-table/request-key.js';

const unbounded = { maxRequests: 1e9, maxEngines: 1e9, maxClusters: 1e9, maxTombstones: 1e9 };
const record = { timestampNs: 7n, cluster: 'llama', ip: '10.0.0.1', promptLength: 512 };

describe('KnownLives', () => {
  let clock: ManualClock;
  let load: LoadStats;
  beforeEach(() => {
    clock = new ManualClock();
    load = new LoadStats(new GcPolicy(600_000), unbounded);
  });

  const nowMs = () => clock.now().monotonicMs;
  const all = (): KnownLife[] => [...load.known.slices({}, nowMs)].flat();
  const hashes = (window: { asOfMs?: number; youngerThanMs?: number; settledForMs?: number } = {}) => {
    const found: string[] = [];
    const whole = { asOfMs: nowMs(), youngerThanMs: Number.POSITIVE_INFINITY, settledForMs: 0, ...window };
    for (const _ of load.known.hash(whole, (bucket, high, low) => found.push(`${bucket} ${high} ${low}`)));
    return found.sort();
  };

  it('tells of live lives, of ended ones and of markers, with the time of their last change', () => {
    load.record('live', record, clock.now());
    load.record('ended', record, clock.now());
    clock.advance(10);
    load.remove('ended', clock.now());
    load.release('marker', clock.now());
    clock.advance(5);
    const packed = { timestampNs: 7n, cluster: '', ip: '', promptLength: 0 };
    const base = { generation: 1, released: false, removed: false };
    expect(all()).toEqual([
      {
        key: requestKeyOf('live'),
        life: { ...base, record, startedMs: nowMs() - 15 },
        changedMs: nowMs() - 15,
      },
      {
        key: requestKeyOf('ended'),
        life: { ...base, record: packed, removed: true, startedMs: nowMs() - 15 },
        changedMs: nowMs() - 5,
      },
      {
        key: requestKeyOf('marker'),
        life: { ...base, record: undefined, released: true, startedMs: nowMs() - 5 },
        changedMs: nowMs() - 5,
      },
    ]);
  });

  it('tells no more of what was forgotten', () => {
    load.record('r', record, clock.now());
    clock.advance(load.policy.forgetMs);
    while (load.collect(clock.now(), 10));
    expect(all()).toEqual([]);
    expect(hashes()).toEqual([]);
    load.record('s', record, clock.now());
    expect(all()).toHaveLength(1);
  });

  it('keeps no hash of what has changed since', () => {
    const change: (() => unknown)[] = [
      () => load.record('r', record, clock.now()),
      () => load.release('r', clock.now()),
      () => load.remove('r', clock.now()),
      () => load.record('r', { ...record, timestampNs: 8n }, clock.now()),
      () =>
        load.merge(
          requestKeyOf('r'),
          { generation: 9, record, released: false, removed: false, startedMs: nowMs() },
          clock.now(),
        ),
    ];
    const seen = new Set<string>();
    for (const make of change) {
      make();
      const [hash] = hashes();
      expect(hashes()).toEqual([hash]);
      seen.add(hash!);
    }
    expect(seen.size).toBe(change.length);
  });

  it('keeps no hash of the id that had the place before', () => {
    load.record('r', record, clock.now());
    const before = hashes();
    clock.advance(load.policy.forgetMs);
    while (load.collect(clock.now(), 10));
    load.record('s', record, clock.now());
    expect(hashes()).not.toEqual(before);
    const other = new LoadStats(load.policy, unbounded);
    other.record('s', record, clock.now());
    const [own] = hashes();
    load = other;
    expect(hashes()).toEqual([own]);
  });

  it('knows how long nothing has changed, beyond 2^32 ms of uptime', () => {
    clock.advance(2 ** 32 - (nowMs() % 2 ** 32) - 500);
    load.record('r', record, clock.now());
    clock.advance(1_500);
    expect(all()[0]!.changedMs).toBe(nowMs() - 1_500);
    expect(hashes({ settledForMs: 1_501 })).toEqual([]);
    expect(hashes({ settledForMs: 1_500 })).toHaveLength(1);
  });

  it('goes in slices: 1,000 lives, or 16,000 hashes', () => {
    for (let i = 0; i < 16_001; i++) load.remove(`r-${i}`, clock.now());
    const sizes = [...load.known.slices({}, nowMs)].map(({ length }) => length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(16_001);
    expect(Math.max(...sizes)).toBe(1_000);
    let hashed = 0;
    const window = { asOfMs: nowMs(), youngerThanMs: 1, settledForMs: 0 };
    const steps = [...load.known.hash(window, () => hashed++)];
    expect([steps.length, hashed]).toEqual([2, 16_001]);
  });

  it('puts a key into the bucket of its last two digits', () => {
    for (const id of ['a', 'b', 'r-1', 'é'])
      expect(bucketOf(requestKeyOf(id))).toBe(parseInt(keyText(requestKeyOf(id)).slice(-2), 16));
  });
});
