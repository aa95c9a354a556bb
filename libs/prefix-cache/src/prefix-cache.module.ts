import { type DynamicModule, type ModuleMetadata, Module } from '@nestjs/common';
import { GarbageCollectionTimer, MetricSources, made } from '#platform';
import { CacheController } from './adapters/http/cache.controller.js';
import { CacheMetrics } from './adapters/prometheus/cache-metrics.js';
import { replicatedPrefixes } from './adapters/replication/replicated-prefixes.provider.js';
import { CollectGarbage } from './application/collect-garbage.js';
import { DropEngine } from './application/drop-engine.js';
import { Clock } from './application/ports/clock.js';
import { PrefixEvents } from './application/ports/prefix-events.js';
import { QueryPrefixes } from './application/query-prefixes.js';
import { SavePrefixes } from './application/save-prefixes.js';
import type { CacheLimits } from './domain/cache-limits.js';
import { PrefixIndex } from './domain/prefix-index.js';

export interface PrefixCacheOptions {
  readonly limits: CacheLimits;
  /** How often what is due is collected. */
  readonly gcIntervalMs: number;
  /** Clusters that get metric series of their own. */
  readonly maxMetricClusters: number;
  /** 32 random bits, of this process alone. */
  readonly seed: number;
}

/** The cache context: wires its use cases to the adapters that it is given, and its state to the replication. */
@Module({})
export class PrefixCacheModule {
  /** @param adapters modules that bind the ports `Clock` and `PrefixEvents` */
  static forRoot(
    options: PrefixCacheOptions,
    adapters: NonNullable<ModuleMetadata['imports']>,
  ): DynamicModule {
    return {
      module: PrefixCacheModule,
      imports: adapters,
      controllers: [CacheController],
      providers: [
        { provide: PrefixIndex, useFactory: () => new PrefixIndex(options.limits, options.seed) },
        made(QueryPrefixes, PrefixIndex, Clock),
        made(SavePrefixes, PrefixIndex, Clock, PrefixEvents),
        made(DropEngine, PrefixIndex, Clock, PrefixEvents),
        made(CollectGarbage, PrefixIndex, Clock),
        replicatedPrefixes,
        {
          provide: GarbageCollectionTimer,
          useFactory: (collect: CollectGarbage) => new GarbageCollectionTimer(collect, options.gcIntervalMs),
          inject: [CollectGarbage],
        },
        {
          provide: CacheMetrics,
          useFactory: (index: PrefixIndex, sources: MetricSources) =>
            new CacheMetrics(index, sources, options.maxMetricClusters),
          inject: [PrefixIndex, MetricSources],
        },
      ],
    };
  }
}
