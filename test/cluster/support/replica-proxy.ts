import { once } from 'node:events';
import { type Server, type Socket, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Direction, type Fault, type LinkFaults, swallows } from './link-faults.js';

/** Where the proxy listens, and what stands behind it. */
export interface ProxyOptions {
  /** The address that other replicas know. */
  readonly host: string;
  /** The replica's own address. */
  readonly target: string;
  /** Of both. */
  readonly port: number;
  readonly faults: LinkFaults;
}

/** Stands before one replica for all others, and does to each of them what the faults of its link say. */
export class ReplicaProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #connections = new Set<ProxiedConnection>();
  readonly #forgetFaults: () => void;

  private constructor({ target, port, faults }: ProxyOptions) {
    this.#server = createServer((caller) => {
      const faultNow = (): Fault | undefined => faults.between(caller.remoteAddress ?? '', target);
      const connection = new ProxiedConnection(caller, connect(port, target), faultNow);
      this.#connections.add(connection);
      caller.on('close', () => {
        if (!connection.isHanging) this.#connections.delete(connection);
      });
    });
    this.#forgetFaults = faults.onChange(() => {
      for (const connection of this.#connections) connection.onFaultChanged();
    });
  }

  static async start(options: ProxyOptions): Promise<ReplicaProxy> {
    const proxy = new ReplicaProxy(options);
    proxy.#server.listen(options.port, options.host);
    await once(proxy.#server, 'listening');
    return proxy;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#forgetFaults();
    for (const connection of this.#connections) connection.reset();
    await new Promise((resolve) => void this.#server.close(resolve));
  }
}

class ProxiedConnection {
  readonly #lastPassed: Record<Direction, Promise<void>> = {
    request: Promise.resolve(),
    answer: Promise.resolve(),
  };
  #hasLost = false;

  constructor(
    private readonly caller: Socket,
    private readonly called: Socket,
    private readonly faultNow: () => Fault | undefined,
  ) {
    this.#join(caller, called, 'request');
    this.#join(called, caller, 'answer');
    if (faultNow()?.kind === 'reset') this.#resetByChance();
  }

  /** One side has gone, and the other is not to know. */
  get isHanging(): boolean {
    return this.#hasLost;
  }

  /** What has lost bytes can't go on when the way is open again. */
  onFaultChanged(): void {
    if (this.#hasLost) this.reset();
  }

  reset(): void {
    for (const socket of [this.caller, this.called]) {
      if (socket.connecting) socket.destroy();
      else socket.resetAndDestroy();
    }
  }

  #join(from: Socket, to: Socket, direction: Direction): void {
    from.on('data', (chunk: Buffer) => this.#take(chunk, to, direction));
    // What is wrong with a socket is passed on by its end.
    from.on('error', () => undefined);
    from.on('end', () => this.#passEnd(() => to.end(), direction));
    from.on('close', () => this.#passEnd(() => to.destroy(), direction));
  }

  #take(chunk: Buffer, to: Socket, direction: Direction): void {
    const fault = this.faultNow();
    if (swallows(fault, direction)) {
      this.#hasLost = true;
      return;
    }
    if (fault?.kind === 'cut-answers' && direction === 'answer') this.reset();
    else if (fault?.kind === 'reset' && this.#resetByChance()) return;
    else this.#pass(() => to.write(chunk), direction, fault?.kind === 'delay' ? fault.delayMs : 0);
  }

  #passEnd(end: () => void, direction: Direction): void {
    if (swallows(this.faultNow(), direction)) this.#hasLost = true;
    else this.#pass(end, direction, 0);
  }

  /** In the order in which it came, whatever the delays. */
  #pass(action: () => void, direction: Direction, delayMs: number): void {
    const dueMs = performance.now() + delayMs;
    this.#lastPassed[direction] = passAt(dueMs, action, this.#lastPassed[direction]);
  }

  #resetByChance(): boolean {
    const fault = this.faultNow();
    const isHit = fault?.kind === 'reset' && Math.random() * fault.oneIn < 1;
    if (isHit) this.reset();
    return isHit;
  }
}

async function passAt(dueMs: number, action: () => void, last: Promise<void>): Promise<void> {
  await last;
  const leftMs = dueMs - performance.now();
  if (leftMs > 0) await sleep(leftMs);
  action();
}
