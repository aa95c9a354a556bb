import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { MetricSources } from '#platform';
import { GcPolicy } from '../../domain/gc-policy.js';
import { LoadStats } from '../../domain/load-stats.js';
import { LoadMetrics } from './load-metrics.js';

const policy = new GcPolicy(600_000);
const limits = { maxRequests: 1e6, maxEngines: 1e6, maxClusters: 1e6, maxTombstones: 1e6 };
const now = { monotonicMs: 0, unixUs: 0 };

/** `count` engines with a request each, spread over `clusterCount` clusters. */
function loadOf(count: number, clusterCount = 1): LoadStats {
  const load = new LoadStats(policy, limits);
  for (let i = 0; i < count; i++) {
    const ip = `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`;
    const record = { timestampNs: 0n, cluster: `c${i % clusterCount}`, ip, promptLength: 512 };
    load.record(`r${i}`, record, now);
  }
  return load;
}

function metricsOf(load: LoadStats, maxEngines = 1e6): LoadMetrics {
  return new LoadMetrics(load, new MetricSources(new Registry()), maxEngines);
}

const samplesOf = (slices: Iterable<string>, name: string): string[] =>
  [...slices]
    .join('')
    .split('\n')
    .filter((line) => line.startsWith(name));

describe('LoadMetrics', () => {
  it.each([
    ['one cluster', 1],
    ['as many clusters as engines', 10_000],
  ])('renders 10,000 engines of %s in slices of at most 1,000 lines', (_, clusterCount) => {
    const slices = [...metricsOf(loadOf(10_000, clusterCount)).render()];
    const longest = Math.max(...slices.map((slice) => slice.split('\n').length - 1));
    expect(longest).toBe(1_000);
    expect(samplesOf(slices, 'queued_num{')).toHaveLength(10_000);
    expect(samplesOf(slices, 'prompt_length{')).toHaveLength(10_000);
    expect(samplesOf(slices, 'model_engine_count{')).toHaveLength(clusterCount);
  });

  it('renders a slice only when it is asked for it', () => {
    const load = loadOf(2_500);
    const slices = metricsOf(load).render()[Symbol.iterator]();
    let slice = '';
    while (!slice.startsWith('queued_num{')) slice = slices.next().value as string;
    load.remove('r2400', now);
    const rest = [...{ [Symbol.iterator]: () => slices }].join('');
    expect(rest).toContain('queued_num{model_name="c0",engine_ip="10.0.9.96"} 0\n');
  });

  it('gives no series to engines beyond the limit, and says how many', () => {
    const slices = [...metricsOf(loadOf(30, 3), 20).render()];
    expect(samplesOf(slices, 'queued_num{')).toHaveLength(20);
    expect(samplesOf(slices, 'model_engine_count{')).toHaveLength(3);
    expect(samplesOf(slices, 'metadata_center_metric_engines_omitted')).toEqual([
      'metadata_center_metric_engines_omitted 10',
    ]);
  });

  it('shows no series of engines and clusters that are gone', () => {
    const load = loadOf(1);
    expect(samplesOf(metricsOf(load).render(), 'queued_num{')).toEqual([
      'queued_num{model_name="c0",engine_ip="10.0.0.0"} 1',
    ]);
    load.remove('r0', now);
    while (load.collect({ monotonicMs: policy.expiryMs, unixUs: 0 }, 100));
    expect(samplesOf(metricsOf(load).render(), 'queued_num{')).toEqual([]);
    expect(samplesOf(metricsOf(load).render(), 'model_engine_count{')).toEqual([]);
  });
});
