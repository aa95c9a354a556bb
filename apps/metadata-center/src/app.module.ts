import { type DynamicModule, Module } from '@nestjs/common';
import { LoadModule, LoneReplicaModule, SystemClockModule } from '#load';
import { PlatformModule, type PlatformParts } from '#platform';
import { ProfilesController } from './admin/profiles.controller.js';
import type { Configuration } from './config/configuration.js';

/** The adapters that a test may replace. */
export interface Adapters {
  /** Binds the load context's `Clock`. */
  readonly clock: NonNullable<DynamicModule['imports']>[number];
}

const realAdapters: Adapters = { clock: SystemClockModule };

/** What the service is made of. The only file that names concrete adapters. */
@Module({})
export class AppModule {
  /** The port that routers, Prometheus and operators use. */
  static forApi(config: Configuration, platform: PlatformParts, adapters = realAdapters): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.forApi(platform),
        LoadModule.forRoot(
          {
            expiryMs: config.loadRequestExpiryMs,
            gcIntervalMs: config.loadGcIntervalMs,
            apiMode: config.apiMode,
            maxMetricEngines: config.maxMetricEngines,
            limits: {
              maxRequests: config.maxRequests,
              maxEngines: config.maxEngines,
              maxClusters: config.maxClusters,
              maxTombstones: config.maxTombstones,
            },
          },
          [adapters.clock, LoneReplicaModule],
        ),
      ],
    };
  }

  /** The admin port: probes and profiles, which are not for whoever reaches the API. */
  static forAdmin(platform: PlatformParts): DynamicModule {
    return {
      module: AppModule,
      imports: [PlatformModule.forAdmin(platform)],
      controllers: [ProfilesController],
    };
  }
}
