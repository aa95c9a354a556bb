import { type MetricSource, family, sample, slicesOfLines } from '#platform';
import type { OnModuleInit } from '@nestjs/common';
import type { MetricSources } from '#platform';
import type { EngineStats } from '../../domain/engine-stats.js';
import type { LoadStats } from '../../domain/load-stats.js';

type Gauge = readonly [name: string, help: string, valueOf: (engine: EngineStats) => number];

const engineGauges: readonly Gauge[] = [
  ['queued_num', 'Requests sent to the engine and not yet over', (engine) => engine.queuedCount],
  ['prompt_length', 'Sum of the prompt lengths in prefill on the engine', (engine) => engine.promptLength],
  [
    'metadata_center_prefill_requests',
    'Requests on the engine whose first token has not been seen',
    (engine) => engine.prefillCount,
  ],
];

/**
 * The load context's metrics, read from its state when Prometheus asks; nothing is written per call, and the
 * series of what is gone are gone too.
 */
export class LoadMetrics implements MetricSource, OnModuleInit {
  constructor(
    private readonly load: LoadStats,
    private readonly sources: MetricSources,
    /** Engines beyond this many get no series of their own. */
    private readonly maxEngines: number,
  ) {}

  onModuleInit(): void {
    this.sources.add(this);
  }

  *render(): Iterable<string> {
    yield this.#totals();
    yield* this.#engineCounts();
    // Chosen once: an engine that goes and comes back during the scrape must not have its series twice.
    const engines = this.#shownEngines();
    for (const [name, help, valueOf] of engineGauges) {
      yield family(name, 'gauge', help);
      yield* slicesOfLines(engineLines(engines, name, valueOf));
    }
  }

  #totals(): string {
    const { load } = this;
    const { expired, evictedTombstones, refused } = load.totals;
    const omitted = Math.max(0, load.engineCount - this.maxEngines);
    const limits = [
      ['requests', load.liveCount, load.limits.maxRequests, refused['requests-full']],
      ['engines', load.engineCount, load.limits.maxEngines, refused['engines-full']],
      ['clusters', load.clusterCount, load.limits.maxClusters, refused['clusters-full']],
      ['tombstones', load.tombstoneCount, load.limits.maxTombstones, evictedTombstones],
    ] as const;
    return [
      family('metadata_center_held', 'gauge', 'What the replica holds, by kind'),
      ...limits.map(([kind, held]) => sample('metadata_center_held', { kind }, held)),
      family('metadata_center_held_max', 'gauge', 'The configured limit of what the replica holds, by kind'),
      ...limits.map(([kind, , limit]) => sample('metadata_center_held_max', { kind }, limit)),
      family(
        'metadata_center_limit_reached_total',
        'counter',
        'Times a limit was met: a record was refused, or for tombstones the oldest was forgotten early',
      ),
      ...limits.map(([kind, , , count]) => sample('metadata_center_limit_reached_total', { kind }, count)),
      family('metadata_center_expired_requests_total', 'counter', 'Requests that nobody removed in time'),
      sample('metadata_center_expired_requests_total', {}, expired),
      family('metadata_center_metric_engines_omitted', 'gauge', 'Engines without series of their own'),
      sample('metadata_center_metric_engines_omitted', {}, omitted),
    ].join('');
  }

  *#engineCounts(): Iterable<string> {
    yield family('model_engine_count', 'gauge', 'Engines of each model');
    yield* slicesOfLines(this.#engineCountLines());
  }

  *#engineCountLines(): Iterable<string> {
    // A list, not the live Map: a cluster that goes and comes back meanwhile must not have its series twice.
    const models = Array.from(this.load.models());
    for (const { cluster, engineCount } of models) {
      yield sample('model_engine_count', { model_name: cluster }, engineCount);
    }
  }

  #shownEngines(): EngineStats[] {
    const shown: EngineStats[] = [];
    for (const model of this.load.models()) {
      for (const engine of model.engines()) {
        if (shown.length >= this.maxEngines) return shown;
        shown.push(engine);
      }
    }
    return shown;
  }
}

function* engineLines(
  engines: readonly EngineStats[],
  name: string,
  valueOf: (engine: EngineStats) => number,
): Iterable<string> {
  for (const engine of engines) {
    yield sample(name, { model_name: engine.cluster, engine_ip: engine.ip }, valueOf(engine));
  }
}
