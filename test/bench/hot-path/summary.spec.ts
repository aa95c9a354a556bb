import { describe, expect, it } from 'vitest';
import type { Measured } from './measurement.ts';
import { type Round, summaryOf } from './summary.ts';

const bars = { mostCpuRatio: 1.2, mostP99Ms: 5 };

function measured(cpuUsPerCall: number, p99Ms?: number): Measured {
  const quantiles = { p50Ms: 0, p99Ms: p99Ms ?? 0, p999Ms: 0, maxMs: 0 };
  return {
    callsPerSecond: 1e6 / cpuUsPerCall,
    cpuUsPerCall,
    waitedShare: cpuUsPerCall / 1_000,
    residentBytes: 1,
    paced:
      p99Ms === undefined
        ? undefined
        : { callsPerSecond: 5_000, cpuUsPerCall: 2 * cpuUsPerCall, latency: quantiles, lag: quantiles },
  };
}

function rounds(...figures: [serviceUs: number, bareUs: number, p99Ms?: number][]): Round[] {
  return figures.map(([serviceUs, bareUs, p99Ms]) => ({
    service: measured(serviceUs, p99Ms),
    yardstick: measured(bareUs, p99Ms),
  }));
}

describe('the summary of a scenario', () => {
  it('has the median and the ends of each figure', () => {
    const { service } = summaryOf(bars, rounds([40, 20], [50, 20], [20, 20]));
    expect(service.cpuUsPerCall).toEqual({ median: 40, min: 20, max: 50 });
    expect(service.callsPerSecond).toEqual({ median: 25_000, min: 20_000, max: 50_000 });
    expect(service.largestWaitedShare).toBe(0.05);
  });

  it('has the median and the ends of each latency', () => {
    const { latency } = summaryOf(bars, rounds([20, 20, 3], [20, 20, 1], [20, 20, 9])).service;
    expect(latency?.p99Ms).toEqual({ median: 3, min: 1, max: 9 });
  });

  it('takes the ratio within each round, since the machine may differ between them', () => {
    const { cpuRatio } = summaryOf(bars, rounds([22, 20], [55, 50], [120, 100]));
    expect(cpuRatio).toEqual({ median: 1.1, min: 1.1, max: 1.2 });
  });

  it('has the CPU time at the fixed load, where every round has it', () => {
    const { service, pacedCpuRatio } = summaryOf(bars, rounds([40, 20, 1], [50, 20, 1], [20, 20, 1]));
    expect(service.pacedCpuUsPerCall).toEqual({ median: 80, min: 40, max: 100 });
    expect(pacedCpuRatio).toEqual({ median: 2, min: 1, max: 2.5 });
    const partly = summaryOf(bars, rounds([40, 20, 1], [50, 20]));
    expect(partly.service.pacedCpuUsPerCall).toBeUndefined();
    expect(partly.pacedCpuRatio).toBeUndefined();
  });

  it('says which bars are met', () => {
    const verdicts = summaryOf(bars, rounds([25, 20, 4.9])).bars;
    expect(verdicts).toEqual([
      { figure: 'cpuRatio', most: 1.2, value: 1.25, isMet: false },
      { figure: 'p99Ms', most: 5, value: 4.9, isMet: true },
    ]);
  });

  it('has a bar missed where its load could not be offered in every round', () => {
    const [, p99] = summaryOf(bars, rounds([20, 20, 1], [20, 20])).bars;
    expect(p99).toEqual({ figure: 'p99Ms', most: 5, value: undefined, isMet: false });
  });

  it('has no bar that a scenario is not held to', () => {
    const none = { mostCpuRatio: undefined, mostP99Ms: undefined };
    expect(summaryOf(none, rounds([90, 20, 9])).bars).toEqual([]);
  });
});
