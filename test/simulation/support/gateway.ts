import type { SeededRandom, SimulatedProcess } from '#testing';
import { type ClientCall, fnv32a, routingKeyOf } from './client-calls.js';
import type { World } from './world.js';

const timeoutMs = 100;

/** What a gateway's requests are like. */
export interface GatewayTraits {
  readonly requestsPerSecond: number;
  /** How long a request takes, mostly: half of them less, some twenty times as much. */
  readonly medianMs: number;
  /** How many are never removed, as a share: their gateway died. */
  readonly abandonedShare: number;
  /** The longest that a worker leaves a call waiting. Workers keep no order. */
  readonly workerDelayMs: number;
  /** How many requests get the id of an earlier one, as a share. */
  readonly reusedShare: number;
}

const clusters = ['llama', 'qwen', 'deepseek-r1'];
const engines = ['10.1.0.1', '10.1.0.2', '10.1.0.3'];

/** AIGW, as a replica meets it. */
export class Gateway {
  readonly process: SimulatedProcess;
  readonly #random: SeededRandom;
  #requests = 0;
  #isOpen = true;

  constructor(
    private readonly world: World,
    readonly address: string,
    private readonly traits: GatewayTraits,
  ) {
    this.process = world.process(address);
    this.#random = world.random.fork(address);
  }

  start(): void {
    this.#nextRequest();
  }

  /** Sends nothing more, not even what its workers hold. */
  stop(): void {
    this.#isOpen = false;
  }

  #nextRequest(): void {
    const delayMs = -Math.log(1 - this.#random.next()) * (1_000 / this.traits.requestsPerSecond);
    this.process.after(delayMs, () => {
      if (!this.#isOpen) return;
      this.#request();
      this.#nextRequest();
    });
  }

  #request(): void {
    const random = this.#random;
    const { medianMs, abandonedShare, reusedShare } = this.traits;
    const isReused = this.#requests > 0 && random.chance(reusedShare);
    const id = `${this.address}-${isReused ? random.below(this.#requests) : this.#requests++}`;
    const record = {
      timestampNs: this.#timestampNs(),
      cluster: random.pick(clusters),
      ip: random.pick(engines),
      promptLength: random.below(4_096),
    };
    const totalMs = medianMs * 20 ** (random.next() + random.next() - 1);
    this.#work({ type: 'record', id, record }, 0);
    if (random.chance(0.9)) this.#work({ type: 'release', id }, totalMs * random.next());
    if (!random.chance(abandonedShare)) this.#work({ type: 'remove', id }, totalMs);
  }

  /** Unique to a request, and the same in every repetition of its call. Who uses ids again often gives none. */
  #timestampNs(): bigint {
    if (this.traits.reusedShare > 0 && this.#random.chance(0.3)) return 0n;
    return BigInt(Math.round(this.world.time.nowMs * 1_000) * 1_000 + this.#random.below(1_000) + 1);
  }

  /** A worker takes the call when it has time. */
  #work(call: ClientCall, delayMs: number): void {
    const isSlow = this.#random.chance(0.05);
    const workerMs = this.#random.between(
      0,
      isSlow ? 20 * this.traits.workerDelayMs : this.traits.workerDelayMs,
    );
    this.process.after(delayMs + workerMs, () => {
      if (this.#isOpen) void this.#send(call);
    });
  }

  async #send(call: ClientCall): Promise<void> {
    const replicas = [...this.world.addresses].sort();
    const first = fnv32a(routingKeyOf(call)) % replicas.length;
    if (await this.#try(call, replicas[first]!)) return;
    // Mostly at once; at times the worker comes to it late, and the request has ended meanwhile.
    if (this.#random.chance(0.1)) await this.process.timers.sleep(this.#random.between(0, 3_000));
    if (this.#isOpen) await this.#try(call, replicas[(first + 1) % replicas.length]!);
  }

  async #try(call: ClientCall, replica: string): Promise<boolean> {
    try {
      const answer = await this.world.network.call(this, replica, timeoutMs, ({ server }) =>
        server.receiveClientCall(call),
      );
      return answer !== 'not-ready';
    } catch {
      return false;
    }
  }
}
