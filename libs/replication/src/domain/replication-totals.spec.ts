import { describe, expect, it } from 'vitest';
import { ReplicationTotals, latencyBucketsMs } from './replication-totals.js';

describe('ReplicationTotals', () => {
  it('puts a latency into the first bucket that holds it, and what is slower than all above them', () => {
    const totals = new ReplicationTotals();
    for (const latencyMs of [0, 1, 1.01, 128, 128.5, 10_000]) totals.observeLatency(latencyMs);
    expect(latencyBucketsMs).toEqual([1, 2, 4, 8, 16, 32, 64, 128]);
    expect(totals.latencyCounts).toEqual([2, 1, 0, 0, 0, 0, 0, 1, 2]);
    expect(totals.latencySumMs).toBeCloseTo(10_258.51);
  });
});
