import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '#testing';
import { GcPolicy } from '../../domain/gc-policy.js';
import { LoadStats } from '../../domain/load-stats.js';
import { ReplicatedLoad } from './replicated-load.js';

const limits = { maxRequests: 10, maxEngines: 10, maxClusters: 10, maxTombstones: 10 };
const record = { timestampNs: 7n, cluster: 'llama', ip: '10.0.0.1', promptLength: 512 };

describe('Repair between replicas of different ages', () => {
  let clock: ManualClock;
  let load: LoadStats;
  let replicated: ReplicatedLoad;
  beforeEach(() => {
    clock = new ManualClock();
    load = new LoadStats(new GcPolicy(10_000), limits);
    replicated = new ReplicatedLoad(load, clock);
    load.record('old', record, clock.now());
    clock.advance(6_000);
    load.record('young', record, clock.now());
    clock.advance(5_000);
  });

  function statesYoungerThan(youngerThanMs: number | undefined): number {
    return [...replicated.states({ youngerThanMs })].flat().length;
  }

  it('tells of what has expired, too, whoever asks for all that counts: its reader may think it younger', () => {
    expect(statesYoungerThan(undefined)).toBe(2);
    expect(statesYoungerThan(10_000)).toBe(2);
    expect(statesYoungerThan(9_999)).toBe(1);
  });

  it('brings the right age to a replica that heard of a request too late', () => {
    const late = new LoadStats(new GcPolicy(10_000), limits);
    const other = new ReplicatedLoad(late, clock);
    other.merge(
      other.parse(
        { id: 'old', g: 1, f: 0, r: ['7', 'llama', '10.0.0.1', 512] },
        { ageMs: 3_000, unchangedMs: 3_000 },
      ),
    );
    expect([...late.enginesOf('llama')]).toMatchObject([{ queuedCount: 1 }]);
    for (const { state, sinceMs, changedMs } of [...replicated.states({ youngerThanMs: 10_000 })].flat()) {
      const ages = { ageMs: clock.nowMs() - sinceMs, unchangedMs: clock.nowMs() - changedMs };
      other.merge(other.parse(JSON.parse(state), ages));
    }
    expect(late.totals.expired).toBe(1);
    expect([...late.enginesOf('llama')]).toMatchObject([{ queuedCount: 1 }]);
    expect(late.tombstoneCount).toBe(1);
  });
});
