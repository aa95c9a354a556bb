import { describe, expect, it } from 'vitest';
import type { ServerSummary, Summary } from './summary.ts';
import { rowsOf, tableOf } from './table.ts';

const spread = (median: number) => ({ median, min: median / 2, max: median * 2 });
const quantiles = { p50Ms: spread(0.1), p99Ms: spread(0.5), p999Ms: spread(2), maxMs: spread(9) };
const server: ServerSummary = {
  callsPerSecond: { median: 25_000.4, min: 24_000, max: 26_000 },
  cpuUsPerCall: { median: 40, min: 38.46, max: 41 },
  residentBytes: spread(200 * 2 ** 20),
  pacedCpuUsPerCall: spread(60),
  latency: quantiles,
  lag: { ...quantiles, p50Ms: spread(0.01), p99Ms: spread(0.02), p999Ms: spread(1.5) },
  largestWaitedShare: 0,
};
const summary: Summary = {
  service: server,
  yardstick: { ...server, pacedCpuUsPerCall: undefined, latency: undefined, lag: undefined },
  cpuRatio: { median: 1.254, min: 1.1, max: 1.3 },
  pacedCpuRatio: { median: 1.4, min: 1.3, max: 1.5 },
  bars: [
    { figure: 'cpuRatio', most: 1.2, value: 1.254, isMet: false },
    { figure: 'p99Ms', most: 5, value: 0.5, isMet: true },
  ],
};

describe('the rows of a scenario', () => {
  const [service, bare] = rowsOf({ name: 'post', yardstick: 'bare', summary });

  it('have median and spread, and the bars beside their figures', () => {
    expect(service).toEqual([
      'post',
      'service',
      '25,000 (24,000–26,000)',
      '40.0 (38.5–41.0)',
      '1.25 (1.10–1.30) MISSED: <= 1.2',
      '60.0 (30.0–120.0)',
      '1.40 (1.30–1.50)',
      '0.10 (0.05–0.20)',
      '0.50 (0.25–1.00) met: <= 5',
      '2.00 (1.00–4.00)*',
      '200 (100–400)',
    ]);
  });

  it('have no latency where the load could not be offered', () => {
    expect(bare).toEqual([
      '',
      'bare',
      '25,000 (24,000–26,000)',
      '40.0 (38.5–41.0)',
      '-',
      '-',
      '-',
      '-',
      '-',
      '-',
      '200 (100–400)',
    ]);
  });

  it('say that calls are not there', () => {
    expect(rowsOf({ name: 'cache-query', yardstick: 'bare', summary: undefined })).toEqual([
      ['cache-query', 'service', 'not there', '-', '-', '-', '-', '-', '-', '-', '-'],
    ]);
  });

  it('fill a table without colours', () => {
    const text = tableOf([{ name: 'post', yardstick: 'bare', summary }]);
    expect(text).toContain('ratio');
    expect(text.split('\n')).toHaveLength(6);
    expect(text).not.toContain('\u001B');
  });
});
