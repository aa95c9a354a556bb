import { describe, expect, it } from 'vitest';
import { GcPolicy } from './gc-policy.js';
import type { Life } from './inference-request.js';
import { LoadStats } from './load-stats.js';
import { requestKeyOf } from './request-table/request-key.js';

const policy = new GcPolicy(600_000);
const limits = { maxRequests: 100, maxEngines: 100, maxClusters: 100, maxTombstones: 100 };
const record = { timestampNs: 7n, cluster: 'llama', ip: '10.0.0.1', promptLength: 512 };

function at(monotonicMs: number): { monotonicMs: number; unixUs: number } {
  return { monotonicMs, unixUs: 1_700_000_000_000_000 + monotonicMs * 1000 };
}

function rowsOf(load: LoadStats, cluster = 'llama'): unknown[] {
  return [...load.enginesOf(cluster)].map(({ ip, queuedCount, prefillCount, promptLength, updatedUs }) => ({
    ip,
    queuedCount,
    prefillCount,
    promptLength,
    updatedUs,
  }));
}

const row = (
  queuedCount: number,
  prefillCount: number,
  promptLength: number,
  updatedMs: number,
): unknown => ({
  ip: '10.0.0.1',
  queuedCount,
  prefillCount,
  promptLength,
  updatedUs: at(updatedMs).unixUs,
});

describe('LoadStats', () => {
  it('follows a request from record over release to removal', () => {
    const load = new LoadStats(policy, limits);
    load.record('r', record, at(0));
    expect(rowsOf(load)).toEqual([row(1, 1, 512, 0)]);
    load.release('r', at(1));
    expect(rowsOf(load)).toEqual([row(1, 0, 0, 1)]);
    load.remove('r', at(2));
    expect(rowsOf(load)).toEqual([row(0, 0, 0, 2)]);
  });

  it('never counts a request whose removal came first, and knows no engine from it', () => {
    const load = new LoadStats(policy, limits);
    load.remove('r', at(0));
    expect(load.record('r', record, at(1))).toMatchObject({ generation: 1, removed: true });
    expect(rowsOf(load)).toEqual([]);
  });

  it('counts no prompt of a request whose release came first', () => {
    const load = new LoadStats(policy, limits);
    load.release('r', at(0));
    load.record('r', record, at(1));
    expect(rowsOf(load)).toEqual([row(1, 0, 0, 1)]);
  });

  it('leaves updated_time where nothing changed', () => {
    const load = new LoadStats(policy, limits);
    const life = load.record('r', record, at(0)) as Life;
    load.record('r', record, at(5));
    expect(load.merge(requestKeyOf('r'), { ...life, startedMs: -50 }, at(6))).toBe(false);
    expect(rowsOf(load)).toEqual([row(1, 1, 512, 0)]);
  });

  it('moves the counts to the engine of the greater record', () => {
    const load = new LoadStats(policy, limits);
    const life = load.record('r', record, at(0)) as Life;
    const other = { ...life, record: { ...record, ip: '10.0.0.9' } };
    expect(load.merge(requestKeyOf('r'), other, at(1))).toBe(true);
    expect(rowsOf(load)).toMatchObject([
      { ip: '10.0.0.1', queuedCount: 0, promptLength: 0 },
      { ip: '10.0.0.9', queuedCount: 1, promptLength: 512 },
    ]);
  });

  it('lets a request expire to the millisecond', () => {
    const load = new LoadStats(policy, limits);
    load.record('r', record, at(0));
    load.collect(at(policy.expiryMs - 1), 10);
    expect(load.liveCount).toBe(1);
    load.collect(at(policy.expiryMs), 10);
    expect(rowsOf(load)).toEqual([row(0, 0, 0, policy.expiryMs)]);
    expect(load.totals.expired).toBe(1);
  });

  it('counts a request as expired once, whoever notices it first', () => {
    const load = new LoadStats(policy, limits);
    const life = load.record('collected', record, at(0)) as Life;
    load.record('used-again', record, at(0));
    load.record('aged-by-merge', record, at(policy.expiryMs - 1));
    load.record('removed', record, at(policy.expiryMs - 1));
    load.remove('removed', at(policy.expiryMs - 1));
    load.record('used-again', { ...record, timestampNs: 8n }, at(policy.expiryMs));
    load.merge(requestKeyOf('aged-by-merge'), life, at(policy.expiryMs));
    load.collect(at(policy.expiryMs), 10);
    expect(load.totals.expired).toBe(3);
    expect(load.liveCount).toBe(1);
  });

  it('expires by the greatest age that any replica knows', () => {
    const load = new LoadStats(policy, limits);
    const life = load.record('r', record, at(0)) as Life;
    load.merge(requestKeyOf('r'), { ...life, startedMs: -100_000 }, at(0));
    load.collect(at(policy.expiryMs - 100_000), 10);
    expect(load.liveCount).toBe(0);
  });

  it('forgets ids, idle engines and clusters in their time, and then holds nothing', () => {
    const load = new LoadStats(policy, limits);
    load.record('r', record, at(0));
    load.record('s', { ...record, ip: '10.0.0.2' }, at(0));
    load.remove('r', at(1000));
    load.collect(at(1000 + policy.expiryMs - 1), 10);
    expect(rowsOf(load)).toHaveLength(2);
    load.collect(at(1000 + policy.expiryMs), 10);
    expect(rowsOf(load)).toMatchObject([{ ip: '10.0.0.2' }]);
    while (load.collect(at(2 * policy.forgetMs), 1));
    expect([load.clusterCount, load.engineCount, load.liveCount, load.tombstoneCount]).toEqual([0, 0, 0, 0]);
  });

  it('keeps an engine that is busy again', () => {
    const load = new LoadStats(policy, limits);
    load.record('r', record, at(0));
    load.remove('r', at(1));
    load.record('s', record, at(policy.expiryMs));
    load.collect(at(policy.expiryMs + 2), 10);
    expect(rowsOf(load)).toHaveLength(1);
  });

  it('collects in bites, and says whether more is due', () => {
    const load = new LoadStats(policy, limits);
    for (let i = 0; i < 5; i++) load.record(`r${i}`, record, at(i));
    expect(load.collect(at(policy.expiryMs + 10), 2)).toBe(true);
    expect(load.liveCount).toBe(3);
    expect(load.collect(at(policy.expiryMs + 10), 10)).toBe(false);
    expect(load.liveCount).toBe(0);
  });

  it('looks at nothing that is not due', () => {
    const load = new LoadStats(policy, { ...limits, maxRequests: 1e6, maxTombstones: 1e6 });
    for (let i = 0; i < 20_000; i++) load.record(`r${i}`, record, at(i));
    for (let i = 0; i < 10_000; i++) load.remove(`r${i}`, at(20_000));
    let looks = 0;
    const watched = new GcPolicy(policy.expiryMs);
    for (const question of ['isExpired', 'isForgotten'] as const) {
      Object.defineProperty(policy, question, {
        configurable: true,
        value: (startedMs: number, nowMs: number) => {
          looks++;
          return watched[question](startedMs, nowMs);
        },
      });
    }
    load.collect(at(20_000), 1000);
    Reflect.deleteProperty(policy, 'isExpired');
    Reflect.deleteProperty(policy, 'isForgotten');
    expect(looks).toBeLessThanOrEqual(3);
  });

  it.each([
    ['requests-full', { maxRequests: 1 }, { ip: '10.0.0.1' }],
    ['engines-full', { maxEngines: 1 }, { ip: '10.0.0.2' }],
    ['clusters-full', { maxClusters: 1 }, { cluster: 'qwen' }],
  ])('answers %s at the limit, while what is there goes on', (reached, limit, change) => {
    const load = new LoadStats(policy, { ...limits, ...limit });
    load.record('r', record, at(0));
    expect(load.record('s', { ...record, ...change }, at(0))).toBe(reached);
    expect(load.record('r', record, at(0))).toBe('repeated');
    expect(load.release('r', at(1))).toMatchObject({ released: true });
    expect(load.remove('r', at(2))).toMatchObject({ removed: true });
    expect(load.remove('never-seen', at(2))).toMatchObject({ removed: true });
  });

  it('never refuses what a replica sends', () => {
    const load = new LoadStats(policy, { ...limits, maxRequests: 1, maxEngines: 1, maxClusters: 1 });
    load.record('r', record, at(0));
    const life = {
      generation: 1,
      record: { ...record, cluster: 'qwen' },
      released: false,
      removed: false,
      startedMs: 0,
    };
    expect(load.merge(requestKeyOf('s'), life, at(0))).toBe(true);
    expect(load.liveCount).toBe(2);
  });

  it('makes room for tombstones by forgetting the oldest', () => {
    const load = new LoadStats(policy, { ...limits, maxTombstones: 2 });
    for (const [i, id] of ['a', 'b', 'c'].entries()) load.remove(id, at(i * 10_000));
    expect(load.tombstoneCount).toBe(2);
    expect(load.totals.evictedTombstones).toBe(1);
    expect(load.remove('c', at(30_000))).toBe('ended');
    expect(load.record('a', record, at(30_000))).toMatchObject({ removed: false });
  });

  it('bounds tombstones also where they come from expiry', () => {
    const load = new LoadStats(policy, { ...limits, maxTombstones: 2 });
    for (let i = 0; i < 4; i++) load.record(`r${i}`, record, at(i));
    load.collect(at(policy.expiryMs + 10), 10);
    expect([load.liveCount, load.tombstoneCount, load.totals.evictedTombstones]).toEqual([0, 2, 2]);
  });

  it('never refuses the record of a request that was removed already: it does not count', () => {
    const load = new LoadStats(policy, { ...limits, maxRequests: 1 });
    load.record('r', record, at(0));
    load.remove('s', at(0));
    expect(load.record('s', record, at(1))).toMatchObject({ removed: true });
    load.release('t', at(0));
    expect(load.record('t', record, at(1))).toBe('requests-full');
  });

  it('refuses no record on account of what is overdue', () => {
    const load = new LoadStats(policy, {
      ...limits,
      maxRequests: 1,
      maxEngines: 1,
      maxClusters: 1,
      maxTombstones: 1,
    });
    load.record('r', record, at(0));
    expect(load.record('r', { ...record, timestampNs: 8n }, at(policy.expiryMs))).toMatchObject({
      removed: false,
    });
    load.remove('r', at(policy.expiryMs));
    const other = { ...record, cluster: 'qwen', ip: '10.0.0.2' };
    expect(load.record('s', other, at(2 * policy.expiryMs - 1))).toBe('clusters-full');
    expect(load.record('s', other, at(2 * policy.expiryMs))).toMatchObject({ record: other });
    expect(rowsOf(load)).toEqual([]);
  });

  it('leaves updated_time where a merge brings a record that counts the same', () => {
    const load = new LoadStats(policy, limits);
    const life = load.record('r', record, at(0)) as Life;
    const later = { ...life, record: { ...record, timestampNs: 8n } };
    expect(load.merge(requestKeyOf('r'), later, at(1))).toBe(true);
    expect(load.merge(requestKeyOf('r'), later, at(2))).toBe(false);
    expect(rowsOf(load)).toEqual([row(1, 1, 512, 0)]);
  });

  it('never counts a life that expired elsewhere sooner: nobody knows its engine any more', () => {
    const load = new LoadStats(new GcPolicy(policy.expiryMs * 2), limits);
    const packed = { timestampNs: 7n, cluster: '', ip: '', promptLength: 0 };
    const life = {
      generation: 1,
      record: packed,
      released: false,
      removed: false,
      startedMs: -policy.expiryMs,
    };
    expect(load.merge(requestKeyOf('r'), life, at(0))).toBe(true);
    expect([load.liveCount, load.clusterCount, load.tombstoneCount]).toEqual([0, 0, 1]);
    expect(load.record('r', record, at(1))).toBe('repeated');
  });

  it('hears nothing new where a record comes again whose request is over', () => {
    const load = new LoadStats(policy, limits);
    const life = load.record('r', record, at(0)) as Life;
    load.remove('r', at(1));
    expect(load.merge(requestKeyOf('r'), life, at(2))).toBe(false);
    const other = { ...life, record: { ...record, timestampNs: 8n } };
    expect(load.merge(requestKeyOf('r'), other, at(2))).toBe(true);
    expect(load.merge(requestKeyOf('r'), other, at(2))).toBe(false);
  });

  it('has nothing to repair where an age alone makes it forget', () => {
    const load = new LoadStats(policy, limits);
    const life = load.record('r', record, at(0)) as Life;
    expect(load.merge(requestKeyOf('r'), { ...life, startedMs: -policy.forgetMs }, at(0))).toBe(false);
    expect([load.liveCount, load.tombstoneCount, load.totals.expired]).toEqual([0, 0, 1]);
    expect(rowsOf(load)).toMatchObject([{ queuedCount: 0 }]);
  });

  it.each([
    { generation: 0 },
    { generation: 1.5 },
    { generation: 2 ** 32 },
    { generation: Number.NaN },
    { startedMs: 11 },
    { startedMs: Number.NaN },
    { startedMs: Number.NEGATIVE_INFINITY },
  ])('takes no life with %o', (impossible) => {
    const load = new LoadStats(policy, limits);
    const life = { generation: 1, record, released: false, removed: false, startedMs: 0, ...impossible };
    expect(() => load.merge(requestKeyOf('r'), life, at(10))).toThrow(RangeError);
    expect([load.liveCount, load.tombstoneCount]).toEqual([0, 0]);
  });

  it.each([{ promptLength: 2 ** 31 }, { timestampNs: 2n ** 63n }])(
    'takes no record with %o, which it could not subtract again as it is',
    (impossible) => {
      const load = new LoadStats(policy, limits);
      expect(() => load.record('r', { ...record, ...impossible }, at(10))).toThrow(RangeError);
      expect([load.liveCount, load.tombstoneCount, load.engineCount]).toEqual([0, 0, 0]);
    },
  );

  it('knows nothing any more of what was sent after its time', () => {
    const load = new LoadStats(policy, limits);
    const life = { generation: 1, record, released: false, removed: false, startedMs: -policy.forgetMs };
    expect(load.merge(requestKeyOf('r'), life, at(0))).toBe(false);
    expect([load.liveCount, load.tombstoneCount]).toEqual([0, 0]);
  });
});
