import { setImmediate as nextTurn } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import type { LogOutput, Readiness } from '#platform';
import type { Configuration } from './config/configuration.js';
import { version } from './version.js';

/** Time for calls in flight at the end; what is left then is cut off, so that the process ends within 10 s. */
const drainTimeoutMs = 8_500;

/** A port that could not be opened. */
export class ListenError extends Error {}

/** One replica of the service: the API and the admin port, which live and end together. */
export class Replica {
  constructor(
    private readonly config: Configuration,
    readonly api: NestFastifyApplication,
    readonly admin: NestFastifyApplication,
    readonly readiness: Readiness,
    readonly log: Logger,
    private readonly logOutput: Pick<LogOutput, 'flush'>,
  ) {}

  /**
   * Opens both ports, then serves.
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
    this.readiness.open();
    this.log.info({ version, host: httpHost, ...ports, pid: process.pid }, 'ready');
    return ports;
  }

  /** Takes no new calls, answers those in flight, then closes both ports. The probes see it until the end. */
  async close(): Promise<void> {
    this.readiness.drain();
    this.log.info('shutting down');
    const deadline = setTimeout(() => {
      for (const app of [this.api, this.admin]) app.getHttpServer().closeAllConnections();
    }, drainTimeoutMs);
    await this.api.close();
    await this.admin.close();
    clearTimeout(deadline);
    // What was cut off is journalled when its connection has closed.
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
