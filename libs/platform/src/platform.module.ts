import { type DynamicModule, Module } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import type { Logger } from 'pino';
import { HealthController } from './health/health.controller.js';
import { Readiness } from './health/readiness.js';
import { Upgrades } from './http/upgrades.js';
import { LogLevelController } from './logging/log-level.controller.js';
import { LoggingModule } from './logging/logging.module.js';
import { MetricSources } from './metrics/metric-sources.js';
import { MetricsController } from './metrics/metrics.controller.js';

export interface PlatformParts {
  readonly log: Logger;
  readonly readiness: Readiness;
  readonly metricSources: MetricSources;
  readonly upgrades: Upgrades;
}

/** What every context's adapters share, and the calls that belong to no context. */
@Module({})
export class PlatformModule {
  /** Everything, for the port that clients use. */
  static forApi({ log, readiness, metricSources, upgrades }: PlatformParts): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      imports: [
        LoggingModule.forRoot(log),
        PrometheusModule.registerAsync({
          // An own registry: prom-client's global one would be shared by all apps of a process.
          useFactory: () => ({
            defaultMetrics: { enabled: true, config: { register: metricSources.registry } },
          }),
          controller: MetricsController,
        }),
      ],
      controllers: [HealthController, LogLevelController],
      providers: [
        { provide: Readiness, useValue: readiness },
        { provide: MetricSources, useValue: metricSources },
        { provide: Upgrades, useValue: upgrades },
      ],
      exports: [Readiness, MetricSources, Upgrades],
    };
  }

  /** Probes and logging only, for the port that operators use. */
  static forAdmin({ log, readiness }: PlatformParts): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      imports: [LoggingModule.forRoot(log)],
      controllers: [HealthController],
      providers: [{ provide: Readiness, useValue: readiness }],
      exports: [Readiness],
    };
  }
}
