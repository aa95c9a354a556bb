import { type Ending, ServiceProcess } from '../../e2e/support/process.js';
import { call } from '../../e2e/support/call.js';

const readyLimitMs = 45_000;

/** What `GET /v1/replica/status` says, as far as tests look at it. */
export interface ReplicaStatus {
  readonly epoch: string;
  readonly state: string;
  readonly degraded: boolean;
  readonly peers: readonly {
    readonly address: string;
    readonly state: string;
    readonly lag_events: number;
  }[];
  readonly totals: Readonly<Record<string, number>>;
}

/** One place in a cluster and the process that is there, if there is one. */
export class ClusterReplica implements AsyncDisposable {
  #process: ServiceProcess | undefined;

  /**
   * @param host the address that the replica binds
   * @param environment all of its variables
   */
  constructor(
    readonly host: string,
    readonly port: number,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  get url(): string {
    return `http://${this.host}:${this.port}`;
  }

  /**
   * Starts a process and waits until it is ready.
   *
   * @returns how long its bootstrap took, from listening to ready, in milliseconds
   */
  async start(): Promise<number> {
    this.#process = new ServiceProcess(this.environment);
    const listening = await this.#within(this.#process.lineWith('"msg":"listening"'));
    const ready = await this.#within(this.#process.lineWith('"msg":"ready"'));
    return timeOf(ready) - timeOf(listening);
  }

  /** kill -9; resolves when it is gone. */
  async kill(): Promise<void> {
    await this.#running.end('SIGKILL');
  }

  /** SIGSTOP: it stands still, and its sockets stay open. */
  pause(): void {
    this.#running.signal('SIGSTOP');
  }

  /** SIGCONT */
  goOn(): void {
    this.#running.signal('SIGCONT');
  }

  /** SIGTERM; resolves when it is gone. */
  terminate(): Promise<Ending> {
    return this.#running.end('SIGTERM');
  }

  async status(): Promise<ReplicaStatus> {
    return (await call('GET', `${this.url}/v1/replica/status`)).body.data as ReplicaStatus;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
  }

  get #running(): ServiceProcess {
    if (this.#process === undefined) throw new Error(`${this.host} has not been started`);
    return this.#process;
  }

  async #within(line: Promise<string>): Promise<string> {
    const limit = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => limit.reject(new Error(`${this.host} was not ready within ${readyLimitMs} ms`)),
      readyLimitMs,
    );
    return Promise.race([line, limit.promise]).finally(() => clearTimeout(timer));
  }
}

function timeOf(logLine: string): number {
  return Date.parse((JSON.parse(logLine) as { readonly time: string }).time);
}
