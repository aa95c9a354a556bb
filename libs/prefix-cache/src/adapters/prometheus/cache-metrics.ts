import type { OnModuleInit } from '@nestjs/common';
import { type MetricSource, family, sample, slicesOfLines } from '#platform';
import type { MetricSources } from '#platform';
import type { CachedCluster } from '../../domain/cached-engine.js';
import type { PrefixIndex } from '../../domain/prefix-index.js';

const prefix = 'metadata_center_prefix_cache';
const heldBlocks = `${prefix}_held_blocks`;

/** The cache context's metrics, read from its state when Prometheus asks. */
export class CacheMetrics implements MetricSource, OnModuleInit {
  constructor(
    private readonly index: PrefixIndex,
    private readonly sources: MetricSources,
    /** Clusters beyond this many get no series of their own. */
    private readonly maxClusters: number,
  ) {}

  onModuleInit(): void {
    this.sources.add(this);
  }

  *render(): Iterable<string> {
    yield this.#totals();
    yield this.#held();
    yield* this.#heldOfClusters();
  }

  #totals(): string {
    const { queries, hits, queriedBlocks, hitBlocks, savedBlocks, refreshedBlocks, evictedBlocks } =
      this.index.totals;
    return [
      counter('queries_total', 'Queries for the engines that hold a prompt', queries),
      counter('hits_total', 'Queries that found at least one engine', hits),
      counter('queried_blocks_total', 'Hashes of all prompts that were asked for', queriedBlocks),
      counter('hit_blocks_total', 'Leading hashes that the best engine held, of all queries', hitBlocks),
      counter(
        'saved_blocks_total',
        'Blocks that were new to their engine, whoever told of them',
        savedBlocks,
      ),
      counter('refreshed_blocks_total', 'Blocks saved again while their engine held them', refreshedBlocks),
      family(`${prefix}_evicted_blocks_total`, 'counter', 'Blocks that went, by cause'),
      ...Object.entries(evictedBlocks).map(([cause, count]) =>
        sample(`${prefix}_evicted_blocks_total`, { cause }, count),
      ),
    ].join('');
  }

  #held(): string {
    const { blockCount, engineCount, bytes, limits } = this.index;
    return [
      gauge('blocks', 'Blocks that can be found', blockCount),
      gauge('blocks_max', 'The configured limit of blocks', limits.maxBlocks),
      gauge('engines', 'Engines of which blocks are held', engineCount),
      gauge('engines_max', 'The configured limit of engines', limits.maxEngines),
      gauge('memory_bytes', 'Memory of the tables of blocks and prefixes, as estimated', bytes),
    ].join('');
  }

  *#heldOfClusters(): Iterable<string> {
    // A list, not the live clusters: one that goes and comes back meanwhile must not have its series twice.
    const clusters = Array.from(this.index.clusters());
    const omitted = Math.max(0, clusters.length - this.maxClusters);
    yield gauge('clusters_omitted', 'Clusters without a series of their own', omitted);
    yield family(heldBlocks, 'gauge', 'Blocks of each cluster that can be found');
    yield* slicesOfLines(heldLines(clusters.slice(0, this.maxClusters)));
  }
}

function* heldLines(clusters: readonly CachedCluster[]): Iterable<string> {
  for (const { name, blockCount } of clusters) yield sample(heldBlocks, { model_name: name }, blockCount);
}

function counter(name: string, help: string, value: number): string {
  return family(`${prefix}_${name}`, 'counter', help) + sample(`${prefix}_${name}`, {}, value);
}

function gauge(name: string, help: string, value: number): string {
  return family(`${prefix}_${name}`, 'gauge', help) + sample(`${prefix}_${name}`, {}, value);
}
