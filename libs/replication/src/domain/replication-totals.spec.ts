import { describe, expect, it } from 'vitest';
import { ReplicationTotals } from './replication-totals.js';

describe('ReplicationTotals', () => {
  it('counts a latency in the first bucket that it fits, bounds included', () => {
    const totals = new ReplicationTotals();
    for (const latencyMs of [0, 1, 1.5, 128, 128.5, 10_000]) totals.observeLatency(latencyMs);
    expect(totals.latencyCounts).toEqual([2, 1, 0, 0, 0, 0, 0, 1, 2]);
    expect(totals.latencyCount).toBe(6);
    expect(totals.latencySumMs).toBe(10_259);
  });
});
