import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ManualClock } from '#testing';
import { CollectGarbage } from '../../application/collect-garbage.js';
import { GcPolicy } from '../../domain/gc-policy.js';
import { LoadStats } from '../../domain/load-stats.js';
import { GarbageCollectionTimer } from './garbage-collection-timer.js';

const intervalMs = 1_000;
const policy = new GcPolicy(600_000);
const limits = { maxRequests: 1e6, maxEngines: 1e6, maxClusters: 1e6, maxTombstones: 1e6 };

class CountedBites extends CollectGarbage {
  count = 0;

  override execute(): boolean {
    this.count++;
    return super.execute();
  }
}

describe('GarbageCollectionTimer', () => {
  const clock = new ManualClock();
  let load: LoadStats;
  let bites: CountedBites;
  let timer: GarbageCollectionTimer;

  beforeEach(() => {
    // The turns between two bites stay real: they are what is tested.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    load = new LoadStats(policy, limits);
    bites = new CountedBites(load, clock);
    timer = new GarbageCollectionTimer(bites, intervalMs);
  });
  afterEach(() => vi.useRealTimers());

  function recordRequests(count: number): void {
    for (let i = 0; i < count; i++) {
      load.record(`r${i}`, { timestampNs: 0n, cluster: 'c', ip: '10.0.0.1', promptLength: 1 }, clock.now());
    }
  }

  it('collects once an interval from the start of the application on', async () => {
    await vi.advanceTimersByTimeAsync(intervalMs);
    expect(bites.count).toBe(0);
    timer.onApplicationBootstrap();
    await vi.advanceTimersByTimeAsync(intervalMs - 1);
    expect(bites.count).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(bites.count).toBe(1);
    await vi.advanceTimersByTimeAsync(3 * intervalMs);
    expect(bites.count).toBe(4);
  });

  it('drops what is due by the clock of the load', async () => {
    recordRequests(1);
    timer.onApplicationBootstrap();
    clock.advance(policy.expiryMs - 1);
    await vi.advanceTimersByTimeAsync(intervalMs);
    expect(load.liveCount).toBe(1);
    clock.advance(1);
    await vi.advanceTimersByTimeAsync(intervalMs);
    expect(load.liveCount).toBe(0);
  });

  it('lets calls in between two bites, and waits a whole interval after the last', async () => {
    recordRequests(2_500);
    clock.advance(policy.expiryMs);
    timer.onApplicationBootstrap();
    vi.advanceTimersByTime(intervalMs);
    const left = [load.liveCount];
    while (load.liveCount > 0) {
      await nextTurn();
      left.push(load.liveCount);
    }
    expect(left).toEqual([1_500, 500, 0]);
    await nextTurn();
    expect(vi.getTimerCount()).toBe(1);
    const { count } = bites;
    vi.advanceTimersByTime(intervalMs - 1);
    expect(bites.count).toBe(count);
    vi.advanceTimersByTime(1);
    expect(bites.count).toBe(count + 1);
  });

  it('stops between two bites when the application ends, and never starts again', async () => {
    recordRequests(2_500);
    clock.advance(policy.expiryMs);
    timer.onApplicationBootstrap();
    vi.advanceTimersByTime(intervalMs);
    timer.onApplicationShutdown();
    await nextTurn();
    await nextTurn();
    expect(load.liveCount).toBe(1_500);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stops while it waits', () => {
    timer.onApplicationBootstrap();
    expect(vi.getTimerCount()).toBe(1);
    timer.onApplicationShutdown();
    expect(vi.getTimerCount()).toBe(0);
  });
});
