import { type DynamicModule, type ModuleMetadata, Module } from '@nestjs/common';
import { GarbageCollectionTimer, MetricSources, made } from '#platform';
import { ApiMode, type ApiModeName, apiModeOf } from './adapters/http/api-mode.js';
import { LoadController } from './adapters/http/load.controller.js';
import { LoadMetrics } from './adapters/prometheus/load-metrics.js';
import { replicatedLoad } from './adapters/replication/replicated-load.provider.js';
import { CollectGarbage } from './application/collect-garbage.js';
import { Clock } from './application/ports/clock.js';
import { RequestChanges } from './application/ports/request-changes.js';
import { QueryLoad } from './application/query-load.js';
import { RecordRequest } from './application/record-request.js';
import { ReleasePrompt } from './application/release-prompt.js';
import { RemoveRequest } from './application/remove-request.js';
import { GcPolicy } from './domain/gc-policy.js';
import type { LoadLimits } from './domain/load-limits.js';
import { LoadStats } from './domain/load-stats.js';

export interface LoadOptions {
  /** Age at which a request no longer counts. */
  readonly expiryMs: number;
  /** How often what is due is collected. */
  readonly gcIntervalMs: number;
  readonly limits: LoadLimits;
  readonly apiMode: ApiModeName;
  /** Engines that get metric series of their own. */
  readonly maxMetricEngines: number;
}

/** The load context: wires its use cases to the adapters that it is given, and its state to the replication. */
@Module({})
export class LoadModule {
  /** @param adapters modules that bind the ports `Clock` and `RequestChanges` */
  static forRoot(options: LoadOptions, adapters: NonNullable<ModuleMetadata['imports']>): DynamicModule {
    return {
      module: LoadModule,
      imports: adapters,
      controllers: [LoadController],
      providers: [
        {
          provide: LoadStats,
          useFactory: () => new LoadStats(new GcPolicy(options.expiryMs), options.limits),
        },
        { provide: ApiMode, useValue: apiModeOf(options.apiMode) },
        made(QueryLoad, LoadStats),
        made(RecordRequest, LoadStats, Clock, RequestChanges),
        made(ReleasePrompt, LoadStats, Clock, RequestChanges),
        made(RemoveRequest, LoadStats, Clock, RequestChanges),
        made(CollectGarbage, LoadStats, Clock),
        replicatedLoad,
        {
          provide: GarbageCollectionTimer,
          useFactory: (collect: CollectGarbage) => new GarbageCollectionTimer(collect, options.gcIntervalMs),
          inject: [CollectGarbage],
        },
        {
          provide: LoadMetrics,
          useFactory: (load: LoadStats, sources: MetricSources) =>
            new LoadMetrics(load, sources, options.maxMetricEngines),
          inject: [LoadStats, MetricSources],
        },
      ],
    };
  }
}
