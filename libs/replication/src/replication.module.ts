import { type DynamicModule, type FactoryProvider, type ModuleMetadata, Module } from '@nestjs/common';
import { MetricSources, Upgrades, made } from '#platform';
import { GoEventController } from './adapters/http/go-event.controller.js';
import { type HttpPeerClientOptions, HttpPeerClient } from './adapters/http/http-peer-client.js';
import { BatchReader } from './adapters/http/batch-reader.js';
import { BatchStreams } from './adapters/http/batch-streams.js';
import { ReplicaController } from './adapters/http/replica.controller.js';
import { ReplicationMetrics } from './adapters/prometheus/replication-metrics.js';
import { BootstrapReplica } from './application/bootstrap-replica.js';
import { CloseGap } from './application/close-gap.js';
import { EventFeed } from './application/event-feed.js';
import { FollowDirectory } from './application/follow-directory.js';
import { LoadSnapshot } from './application/load-snapshot.js';
import { MergeEvents } from './application/merge-events.js';
import { Mesh } from './application/mesh.js';
import { Clock } from './application/ports/clock.js';
import { Directory } from './application/ports/directory.js';
import { Journal } from './application/ports/journal.js';
import { PeerClient } from './application/ports/peer-client.js';
import { Random } from './application/ports/random.js';
import { Timers } from './application/ports/timers.js';
import { ReceiveBatch } from './application/receive-batch.js';
import { ReceiveGoEvent } from './application/receive-go-event.js';
import { RecallHints } from './application/recall-hints.js';
import { RepairDivergence } from './application/repair-divergence.js';
import { ReplicatedStates } from './application/replicated-states.js';
import { Replication } from './application/replication.js';
import { ReportStatus } from './application/report-status.js';
import { ServeSnapshot } from './application/serve-snapshot.js';
import { TakeDigest } from './application/take-digest.js';
import { EventLog, type LogLimits } from './domain/event-log.js';
import { ReceivedCursors } from './domain/received-cursors.js';
import { ReplicationTotals } from './domain/replication-totals.js';
import { ThisReplica } from './domain/this-replica.js';

export interface ReplicationOptions {
  /** Of this process alone: 16 random hex digits. */
  readonly epoch: string;
  readonly log: LogLimits;
  /** A directory is configured: events are logged before the first peer is found. */
  readonly expectsPeers: boolean;
  /** The name under which replicas are looked up, for a metric; undefined where they are not. */
  readonly lookupDomain: string | undefined;
  readonly lookupIntervalMs: number;
  readonly bootstrapTimeoutMs: number;
  readonly client: HttpPeerClientOptions;
}

/** The replication context: wires its use cases to the adapters that it is given. Global: contexts publish to it. */
@Module({})
export class ReplicationModule {
  /** @param adapters modules that bind the ports `Directory`, `Clock`, `Timers`, `Random` and `Journal` */
  static forRoot(
    options: ReplicationOptions,
    adapters: NonNullable<ModuleMetadata['imports']>,
  ): DynamicModule {
    return {
      module: ReplicationModule,
      global: true,
      imports: adapters,
      controllers: [ReplicaController, GoEventController],
      providers: [
        { provide: ThisReplica, useFactory: () => new ThisReplica(options.epoch) },
        { provide: EventLog, useFactory: () => new EventLog(options.log) },
        made(ReceivedCursors),
        made(ReplicationTotals),
        made(ReplicatedStates),
        {
          provide: PeerClient,
          useFactory: (clock: Clock) => new HttpPeerClient(options.client, clock),
          inject: [Clock],
        },
        made(BatchReader, ReceiveBatch),
        made(BatchStreams, Upgrades, BatchReader),
        ...meshProviders(options),
        made(MergeEvents, ReplicatedStates, ReplicationTotals, Clock, Timers),
        made(LoadSnapshot, PeerClient, ReceivedCursors, MergeEvents, ReplicationTotals, Clock, Journal),
        made(CloseGap, ThisReplica, Mesh, LoadSnapshot, Clock),
        made(ReceiveBatch, ThisReplica, Mesh, ReceivedCursors, MergeEvents, CloseGap, ReplicationTotals),
        made(ReceiveGoEvent, ReplicatedStates, ReplicationTotals),
        made(
          ServeSnapshot,
          ThisReplica,
          EventLog,
          ReceivedCursors,
          ReplicatedStates,
          ReplicationTotals,
          Clock,
          Timers,
        ),
        made(TakeDigest, ReplicatedStates, Clock, Timers),
        made(
          RepairDivergence,
          ThisReplica,
          Mesh,
          PeerClient,
          TakeDigest,
          LoadSnapshot,
          ReplicationTotals,
          Clock,
          Timers,
          Random,
          Journal,
        ),
        {
          provide: BootstrapReplica,
          useFactory: (...parts: BootstrapParts) =>
            new BootstrapReplica(...parts, options.bootstrapTimeoutMs),
          inject: [FollowDirectory, Mesh, LoadSnapshot, CloseGap, Clock, Timers, Random],
        },
        made(
          RecallHints,
          ThisReplica,
          ReplicatedStates,
          Mesh,
          PeerClient,
          MergeEvents,
          ReplicationTotals,
          Clock,
          Timers,
          Random,
          Journal,
        ),
        made(
          Replication,
          ThisReplica,
          FollowDirectory,
          EventFeed,
          BootstrapReplica,
          RepairDivergence,
          RecallHints,
        ),
        {
          provide: ReportStatus,
          useFactory: (self, log, mesh, directory, cursors, totals) =>
            new ReportStatus(self, log, options.log, mesh, directory, cursors, totals),
          inject: [ThisReplica, EventLog, Mesh, FollowDirectory, ReceivedCursors, ReplicationTotals],
        },
        {
          provide: ReplicationMetrics,
          useFactory: (reportStatus: ReportStatus, sources: MetricSources) =>
            new ReplicationMetrics(reportStatus, sources, options.lookupDomain),
          inject: [ReportStatus, MetricSources],
        },
      ],
      exports: [EventFeed, ReplicatedStates],
    };
  }
}

type BootstrapParts = [FollowDirectory, Mesh, LoadSnapshot, CloseGap, Clock, Timers, Random];

/** The peers, and what finds and feeds them. */
function meshProviders({ expectsPeers, lookupIntervalMs }: ReplicationOptions): FactoryProvider[] {
  return [
    {
      provide: Mesh,
      useFactory: (self, log, states, client, totals, clock, timers, random, journal) =>
        new Mesh({ self, log, states, client, totals, clock, timers, random, journal }),
      inject: [
        ThisReplica,
        EventLog,
        ReplicatedStates,
        PeerClient,
        ReplicationTotals,
        Clock,
        Timers,
        Random,
        Journal,
      ],
    },
    {
      provide: EventFeed,
      useFactory: (log: EventLog, mesh: Mesh, clock: Clock, timers: Timers) =>
        new EventFeed(log, mesh, clock, timers, expectsPeers),
      inject: [EventLog, Mesh, Clock, Timers],
    },
    {
      provide: FollowDirectory,
      useFactory: (
        directory: Directory,
        mesh: Mesh,
        totals: ReplicationTotals,
        timers: Timers,
        journal: Journal,
      ) => new FollowDirectory(directory, lookupIntervalMs, mesh, totals, timers, journal),
      inject: [Directory, Mesh, ReplicationTotals, Timers, Journal],
    },
  ];
}
