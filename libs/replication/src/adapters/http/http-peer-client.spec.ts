import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  ApiError,
  HttpMetrics,
  LogOutput,
  MetricSources,
  PlatformModule,
  ProcessRegistry,
  Readiness,
  createHttpApp,
  createLogger,
  Upgrades,
  made,
} from '#platform';
import { type PeerClientHarness, type ServedPeer, peerClientContract } from '#testing';
import { ReceiveBatch } from '../../application/receive-batch.js';
import { ReportStatus } from '../../application/report-status.js';
import { ServeSnapshot, type SnapshotSelection } from '../../application/serve-snapshot.js';
import { TakeDigest } from '../../application/take-digest.js';
import { ThisReplica } from '../../domain/this-replica.js';
import type { DigestRequestDto } from './digest-request.dto.js';
import { BatchReader } from './batch-reader.js';
import { BatchStreams } from './batch-streams.js';
import { HttpPeerClient } from './http-peer-client.js';
import { ReplicaController } from './replica.controller.js';

const options = {
  dialTimeoutMs: 500,
  requestTimeoutMs: 400,
  maxConnections: 1,
  idleTimeoutMs: 10_000,
  keepAlivePeriodMs: 10_000,
};

/** The service's calls between replicas, as they are, before use cases that do what the contract says. */
async function startNestPeer(peer: ServedPeer, upgrades: Upgrades): Promise<NestFastifyApplication> {
  const readiness = new Readiness();
  const log = createLogger('ERROR', 'json', { write: () => {} } as unknown as LogOutput);
  const self = new ThisReplica('00000000000000aa');
  self.becomeReady(false);
  const app = await createHttpApp(
    {
      module: class PeerModule {},
      imports: [
        PlatformModule.forAdmin({
          log,
          readiness,
          metricSources: new MetricSources(new ProcessRegistry()),
          upgrades,
        }),
      ],
      controllers: [ReplicaController],
      providers: [
        { provide: ThisReplica, useValue: self },
        { provide: ReportStatus, useValue: {} },
        {
          provide: ReceiveBatch,
          useValue: { execute: async (body: unknown) => peer.receiveBatch(body) },
        },
        made(BatchReader, ReceiveBatch),
        {
          provide: ServeSnapshot,
          useValue: {
            execute: ({ buckets, youngerThanMs, hints }: SnapshotSelection) =>
              peer.serveSnapshot({
                ...(buckets !== undefined && { buckets: [...buckets] }),
                ...(youngerThanMs !== undefined && { youngerThanMs }),
                ...(hints === true && { hints }),
              }),
          },
        },
        {
          provide: TakeDigest,
          useValue: { execute: (request: DigestRequestDto) => takenDigest(peer, request) },
        },
      ],
    },
    {
      readiness,
      metrics: new HttpMetrics(),
      log,
      accessLog: 'off',
      upgrades,
      silenceTimeoutMs: 10_000,
    },
  );
  new BatchStreams(upgrades, app.get(BatchReader)).onModuleInit();
  await app.listen(0, '127.0.0.1');
  return app;
}

async function takenDigest(peer: ServedPeer, request: DigestRequestDto): Promise<unknown> {
  const { agoMs, youngerThanMs } = request;
  const taken = await peer.takeDigest({ agoMs, youngerThanMs });
  if (taken === 'not-ready') throw new ApiError('notReady', 'this replica is starting; ask another one');
  const { digest, ...rest } = taken as { digest: unknown };
  return { ...rest, digest: { toText: () => digest } };
}

/** As the Go service answers: its own envelope, and 404 to what it does not know. */
async function startGoPeer(receive: (type: string, body: string) => boolean): Promise<Server> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    if (request.method !== 'POST' || request.url !== '/v1/replica/event') response.statusCode = 404;
    else if (!receive(String(request.headers['event-type']), body)) response.statusCode = 400;
    response.end('{"error":null,"data":null}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

peerClientContract('HTTP', (): PeerClientHarness => {
  const servers = new Map<string, Server>();
  const upgrades = new Upgrades();
  const endings: (() => Promise<unknown>)[] = [];
  const client = new HttpPeerClient(options, { nowMs: () => performance.now() });
  const addressOf = (server: Server) => {
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    servers.set(address, server);
    return address;
  };
  return {
    client,
    startPeer: async (peer) => {
      const app = await startNestPeer(peer, upgrades);
      endings.push(() => app.close());
      return addressOf(app.getHttpServer() as Server);
    },
    startGoPeer: async (receive) => {
      const server = await startGoPeer(receive);
      endings.push(async () => server.close());
      return addressOf(server);
    },
    cut: (address) => {
      servers.get(address)!.closeAllConnections();
      upgrades.end();
    },
    pass: () => sleep(150),
    close: async () => {
      for (const address of servers.keys()) client.forget(address);
      for (const server of servers.values()) server.closeAllConnections();
      await Promise.all(endings.map((end) => end()));
    },
  };
});
