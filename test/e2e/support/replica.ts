import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Adapters } from '../../../apps/metadata-center/src/app.module.js';
import { readConfiguration } from '../../../apps/metadata-center/src/config/configuration.js';
import { createReplica } from '../../../apps/metadata-center/src/create-app.js';
import type { Replica } from '../../../apps/metadata-center/src/replica.js';
import { Clock } from '#load';
import { Clock as CacheClock } from '#prefix-cache';
import { ManualClock } from '#testing';

/** A real replica on free ports of 127.0.0.1, with a clock of the test's and its log in memory. */
export interface RunningReplica {
  readonly replica: Replica;
  readonly url: string;
  readonly adminUrl: string;
  readonly port: number;
  readonly clock: ManualClock;
  /** Every line of the log, as it was written. */
  readonly logLines: string[];
  close(): Promise<void>;
}

/** A replica that listens; it may still be learning what others know. */
export interface ListeningReplica extends RunningReplica {
  /** It has learnt what it could, and serves. */
  readonly ready: Promise<void>;
}

/**
 * Starts a replica, and waits until it serves.
 *
 * @param time the load's; that of the replication is the system's
 */
export async function startReplica(
  environment: Record<string, string> = {},
  time: 'manual' | 'system' = 'manual',
): Promise<RunningReplica> {
  const replica = await beginReplica(environment, time);
  await replica.ready;
  return replica;
}

/** Starts a replica, and does not wait for it to learn what others know. */
export async function beginReplica(
  environment: Record<string, string> = {},
  time: 'manual' | 'system' = 'manual',
): Promise<ListeningReplica> {
  const clock: ManualClock & Clock = new ManualClock();
  const logLines: string[] = [];
  const config = readConfiguration({
    METADATA_CENTER_HTTP_HOST: '127.0.0.1',
    METADATA_CENTER_HTTP_PORT: '0',
    METADATA_CENTER_ADMIN_PORT: '0',
    METADATA_CENTER_LOAD_GC_INTERVAL: '10ms',
    ...environment,
  });
  const replica = await createReplica(config, {
    ...(time === 'manual' ? { adapters: manualTime(clock) } : {}),
    logOutput: {
      droppedLines: 0,
      write: (text: string) => void logLines.push(...text.split('\n').slice(0, -1)),
      flush: () => Promise.resolve(),
    },
  });
  const listening = Promise.all(
    [replica.api, replica.admin].map((app) => once(app.getHttpServer(), 'listening')),
  );
  const ready = replica.listen();
  await Promise.race([listening, ready]);
  const [port, adminPort] = [replica.api, replica.admin].map(
    (app) => (app.getHttpServer().address() as AddressInfo).port,
  );
  return {
    replica,
    url: `http://${config.httpHost}:${port}`,
    adminUrl: `http://${config.httpHost}:${adminPort}`,
    port: port!,
    clock,
    logLines,
    ready: ready.then(() => undefined),
    close: () => replica.close(),
  };
}

function manualTime(clock: ManualClock & Clock): Adapters {
  return {
    clock: {
      module: class ManualClockModule {},
      providers: [{ provide: Clock, useValue: clock }],
      exports: [Clock],
    },
    cacheClock: {
      module: class ManualCacheClockModule {},
      providers: [{ provide: CacheClock, useValue: clock }],
      exports: [CacheClock],
    },
  };
}
