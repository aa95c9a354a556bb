import { randomBytes, randomInt } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { type DynamicModule, type INestApplication, Module } from '@nestjs/common';
import { LoadModule, ReplicatedChangesModule, SystemClockModule } from '#load';
import { PlatformModule, type PlatformParts } from '#platform';
import {
  PrefixCacheModule,
  ReplicatedPrefixEventsModule,
  SystemClockModule as CacheSystemClockModule,
} from '#prefix-cache';
import {
  DirectoryModule,
  JournalLogModule,
  OwnAddresses,
  Replication,
  ReplicationModule,
  SystemTimersModule,
  addressText,
} from '#replication';
import { ProfilesController } from './admin/profiles.controller.js';
import type { Configuration } from './config/configuration.js';
import type { Membership } from './replica.js';

/** The adapters that a test may replace. */
export interface Adapters {
  /** Binds the load context's `Clock`. */
  readonly clock: NonNullable<DynamicModule['imports']>[number];
  /** Binds the cache context's `Clock`. */
  readonly cacheClock: NonNullable<DynamicModule['imports']>[number];
}

const realAdapters: Adapters = { clock: SystemClockModule, cacheClock: CacheSystemClockModule };

/** What the service is made of. The only file that names concrete adapters. */
@Module({})
export class AppModule {
  /** The port that routers, Prometheus and operators use. */
  static forApi(config: Configuration, platform: PlatformParts, adapters = realAdapters): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.forApi(platform),
        replicationOf(config),
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
          [adapters.clock, ReplicatedChangesModule],
        ),
        PrefixCacheModule.forRoot(
          {
            limits: {
              maxEngineBlocks: config.cacheMaxEngineBlocks,
              maxBlocks: config.cacheMaxBlocks,
              maxEngines: config.maxEngines,
              expiryMs: config.cacheExpiryMs,
            },
            gcIntervalMs: config.loadGcIntervalMs,
            maxMetricClusters: config.maxMetricEngines,
            seed: randomInt(2 ** 32),
          },
          [adapters.cacheClock, ReplicatedPrefixEventsModule],
        ),
      ],
    };
  }

  /** The replica's place among others, for whoever starts and ends it. */
  static membershipOf(api: INestApplication, { podIp, httpHost }: Configuration): Membership {
    const replication = api.get(Replication);
    return {
      join: (port) => {
        const own = new OwnAddresses({ podIp, boundHost: httpHost, port }, interfaceAddresses);
        return replication.join(addressText(own.advertised), (address) => own.has(address));
      },
      drain: () => replication.drain(),
      leave: (timeoutMs) => replication.leave(timeoutMs),
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

function replicationOf(config: Configuration): DynamicModule {
  const { discoveryHost, staticPeers } = config;
  return ReplicationModule.forRoot(
    {
      epoch: randomBytes(8).toString('hex'),
      log: { maxEvents: config.replicationLogEvents, maxBytes: config.replicationLogBytes },
      expectsPeers: discoveryHost !== undefined || staticPeers !== undefined,
      lookupDomain: config.discovery === 'static' ? undefined : discoveryHost,
      lookupIntervalMs: config.dnsLookupIntervalMs,
      bootstrapTimeoutMs: config.bootstrapTimeoutMs,
      client: {
        dialTimeoutMs: config.replicaDialTimeoutMs,
        requestTimeoutMs: config.replicaRequestTimeoutMs,
        maxConnections: config.replicaMaxIdleConnections,
        idleTimeoutMs: config.replicaIdleConnectionTimeoutMs,
        keepAlivePeriodMs: config.replicaKeepAlivePeriodMs,
      },
    },
    [
      DirectoryModule.forRoot({
        discovery: config.discovery,
        host: discoveryHost,
        port: config.replicaTargetPort ?? config.httpPort,
        dnsServers: config.dnsServers,
        staticPeers,
      }),
      SystemTimersModule,
      JournalLogModule,
    ],
  );
}

function interfaceAddresses() {
  return Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
}
