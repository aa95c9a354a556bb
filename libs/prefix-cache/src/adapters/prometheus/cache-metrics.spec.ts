import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { MetricSources } from '#platform';
import { chainOf } from '../../../test-support/chain-of.js';
import { PrefixIndex } from '../../domain/prefix-index.js';
import { CacheMetrics } from './cache-metrics.js';

const limits = { maxEngineBlocks: 5, maxBlocks: 1_000, maxEngines: 100, expiryMs: 1_000 };
const [a, b] = ['10.0.0.1', '10.0.0.2'];
const chain = (from: number, length: number) => chainOf(Array.from({ length }, (_, i) => BigInt(from + i)));

/** The values by series, without what all names begin with. */
function samplesOf(index: PrefixIndex, maxClusters = 100): Record<string, number> {
  const prefix = 'metadata_center_prefix_cache_';
  const text = [...new CacheMetrics(index, new MetricSources(new Registry()), maxClusters).render()].join('');
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(samples.every((line) => line.startsWith(prefix))).toBe(true);
  return Object.fromEntries(
    samples.map((line) => {
      const [series, value] = line.slice(prefix.length).split(' ');
      return [series!, Number(value)];
    }),
  );
}

describe('CacheMetrics', () => {
  it('show what has happened and what is held', () => {
    const index = new PrefixIndex(limits, 1);
    index.save('llama', a, chain(1, 4), 0, 0);
    index.save('llama', a, chain(1, 3), 0, 0);
    index.save('llama', a, chain(11, 3), 0, 0);
    index.save('qwen', b, chain(1, 2), 0, 0);
    index.query('llama', chain(1, 9), 10, 0);
    index.query('llama', chain(90, 2), 10, 0);
    index.drop('qwen', b, 1);
    expect(samplesOf(index)).toEqual({
      queries_total: 2,
      hits_total: 1,
      queried_blocks_total: 11,
      hit_blocks_total: 2,
      saved_blocks_total: 9,
      refreshed_blocks_total: 3,
      'evicted_blocks_total{cause="engine_full"}': 2,
      'evicted_blocks_total{cause="index_full"}': 0,
      'evicted_blocks_total{cause="engines_full"}': 0,
      'evicted_blocks_total{cause="expired"}': 0,
      'evicted_blocks_total{cause="dropped"}': 2,
      blocks: 5,
      blocks_max: 1_000,
      engines: 1,
      engines_max: 100,
      memory_bytes: index.bytes,
      'held_blocks{model_name="llama"}': 5,
      clusters_omitted: 0,
    });
  });

  it('give no series to clusters beyond the limit, and say how many', () => {
    const index = new PrefixIndex(limits, 1);
    for (let i = 0; i < 30; i++) index.save(`c${i}`, a, chain(1, 1), 0, 0);
    const samples = samplesOf(index, 20);
    expect(Object.keys(samples).filter((series) => series.startsWith('held_blocks'))).toHaveLength(20);
    expect([samples['clusters_omitted'], samples['blocks']]).toEqual([10, 30]);
  });

  it('come in slices of at most 1,000 lines, however many clusters there are', () => {
    const index = new PrefixIndex({ ...limits, maxBlocks: 10_000, maxEngines: 10_000 }, 1);
    for (let i = 0; i < 2_500; i++) index.save(`c${i}`, a, chain(1, 1), 0, 0);
    const slices = [...new CacheMetrics(index, new MetricSources(new Registry()), 10_000).render()];
    const held = slices.map((slice) => slice.split('_held_blocks{').length - 1);
    expect(held.filter((count) => count > 0)).toEqual([1_000, 1_000, 500]);
  });

  it('show no series of clusters that are gone', () => {
    const index = new PrefixIndex(limits, 1);
    index.save('llama', a, chain(1, 4), 0, 0);
    index.drop('llama', a, 0);
    const samples = samplesOf(index);
    expect(Object.keys(samples)).not.toContain('held_blocks{model_name="llama"}');
    expect([samples['blocks'], samples['engines']]).toEqual([0, 0]);
  });
});
