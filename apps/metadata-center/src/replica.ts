import { setImmediate as nextTurn } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import type { LogOutput, Readiness } from '#platform';
import type { Configuration } from './config/configuration.js';
import { version } from './version.js';

/** Time for calls in flight at the end; what is left then is cut off, so that the process ends within 10 s. */
const drainTimeoutMs = 8_500;
/** Time for the peers to hear of the last calls, whatever the drain has taken; together within the same 10 s. */
const flushTimeoutMs = 5_000;
const endTimeoutMs = 9_500;

/** A port that could not be opened. */
export class ListenError extends Error {}

/** A replica's place among others. */
export interface Membership {
  /** Learns what the others know. @returns how it went, in a word */
  join(port: number): Promise<string>;
  /** Gives the others no snapshots any more. */
  drain(): void;
  /** Sends the others what they lack. @returns whether all that can be reached have it */
  leave(timeoutMs: number): Promise<boolean>;
}

/** One replica of the service: the API and the admin port, which live and end together. */
export class Replica {
  constructor(
    private readonly config: Configuration,
    readonly api: NestFastifyApplication,
    readonly admin: NestFastifyApplication,
    private readonly membership: Membership,
    readonly readiness: Readiness,
    readonly log: Logger,
    private readonly logOutput: Pick<LogOutput, 'flush'>,
  ) {}

  /**
   * Opens both ports, learns what the other replicas know, then serves.
   *
   * @returns the ports, which the system chose where 0 was configured
   * @throws ListenError with a line for people
   */
  async listen(): Promise<{ readonly apiPort: number; readonly adminPort: number }> {
    const { httpHost, httpPort, adminPort } = this.config;
    const ports = {
      apiPort: await listenOn(this.api, httpHost, httpPort, 'METADATA_CENTER_HTTP_PORT'),
      adminPort: await listenOn(this.admin, httpHost, adminPort, 'METADATA_CENTER_ADMIN_PORT'),
    };
    const self = { version, host: httpHost, ...ports, pid: process.pid };
    this.log.info(self, 'listening');
    const bootstrap = await this.membership.join(ports.apiPort);
    this.readiness.open();
    this.log.info({ ...self, bootstrap }, this.readiness.state);
    return ports;
  }

  /**
   * Takes no new calls, answers those in flight, tells the other replicas of them, then closes both ports. The probes
   * see it until the end.
   */
  async close(): Promise<void> {
    const startedMs = performance.now();
    this.readiness.drain();
    this.membership.drain();
    this.log.info('shutting down');
    const deadline = setTimeout(() => {
      for (const app of [this.api, this.admin]) app.getHttpServer().closeAllConnections();
    }, drainTimeoutMs);
    await this.api.close();
    const leftMs = endTimeoutMs - (performance.now() - startedMs);
    const isFlushed = await this.membership.leave(Math.min(flushTimeoutMs, leftMs));
    if (!isFlushed) this.log.warn('replicas that can be reached have not taken the last events');
    await this.admin.close();
    clearTimeout(deadline);
    // What was cut off is journalled when its connection has closed, which is the last that happens in a turn.
    await nextTurn();
    await nextTurn();
    this.log.info('bye');
    await this.logOutput.flush();
  }
}

async function listenOn(
  app: NestFastifyApplication,
  host: string,
  port: number,
  variable: string,
): Promise<number> {
  try {
    await app.getHttpAdapter().getInstance().listen({ host, port });
  } catch (error) {
    // Whatever else fails as the app gets ready, such as its fast lane, is no matter of the port.
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new ListenError(`cannot listen on ${host} port ${port}: ${reasonOf(error, variable)}`);
  }
  return (app.getHttpServer().address() as { port: number }).port;
}

function reasonOf(error: unknown, portVariable: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `the port is in use; set ${portVariable} to another`;
  if (code === 'EACCES') return `no permission for this port; set ${portVariable} to another`;
  if (code === 'EADDRNOTAVAIL') {
    return 'this machine does not have the address; set METADATA_CENTER_HTTP_HOST to one that it has';
  }
  return message;
}
