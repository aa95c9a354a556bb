import { PeerError } from '#replication';
import type { SeededRandom } from './seeded-random.js';
import type { SimulatedProcess } from './simulated-process.js';
import type { SimulatedTime } from './simulated-time.js';

/** What may happen to a message on a link, in one direction. Rates are probabilities. */
export interface LinkTraits {
  readonly minDelayMs: number;
  /** Messages overtake each other as far as their delays differ. */
  readonly maxDelayMs: number;
  readonly lossRate: number;
  readonly duplicateRate: number;
  /** A message, or its duplicate, is held up for long: longer than whoever sent it waits. */
  readonly lateRate: number;
  readonly maxLateMs: number;
}

/** A link on which nothing goes wrong. */
export const soundLink: LinkTraits = {
  minDelayMs: 0.1,
  maxDelayMs: 1,
  lossRate: 0,
  duplicateRate: 0,
  lateRate: 0,
  maxLateMs: 0,
};

/** A process at an address, and what it serves there. */
export interface NetworkPlace<Server> {
  readonly process: SimulatedProcess;
  readonly server: Server;
}

/** Who calls. */
export interface Caller {
  readonly address: string;
  readonly process: SimulatedProcess;
}

/**
 * A network in memory. A call is two messages: either may be lost, doubled, overtaken or late, and links may be blocked
 * in one direction or both. So a call that failed may have been served, once or twice, or be served later.
 */
export class SimulatedNetwork<Server> {
  readonly #places = new Map<string, NetworkPlace<Server>>();
  readonly #blocked = new Set<string>();
  readonly #traits = new Map<string, LinkTraits>();
  #lastLateMs = 0;

  /** Of all links that have no traits of their own. */
  traits: LinkTraits = soundLink;

  constructor(
    private readonly time: SimulatedTime,
    private readonly random: SeededRandom,
  ) {}

  /** When the last message arrives that is late or a duplicate: before that a network is not at peace. */
  get lastLateMs(): number {
    return this.#lastLateMs;
  }

  /** A process listens at an address; whatever listened there before no longer does. */
  attach(address: string, place: NetworkPlace<Server>): void {
    this.#places.set(address, place);
  }

  detach(address: string): void {
    this.#places.delete(address);
  }

  /** Nothing gets through from one address to the other; what is on its way does. */
  block(from: string, to: string): void {
    this.#blocked.add(linkOf(from, to));
  }

  unblock(from: string, to: string): void {
    this.#blocked.delete(linkOf(from, to));
  }

  isBlocked(from: string, to: string): boolean {
    return this.#blocked.has(linkOf(from, to));
  }

  shape(from: string, to: string, traits: LinkTraits): void {
    this.#traits.set(linkOf(from, to), traits);
  }

  /** All links are sound from here on; what is on its way stays as it is. */
  heal(): void {
    this.#blocked.clear();
    this.#traits.clear();
    this.traits = soundLink;
  }

  /**
   * One call, over a connection of its own.
   *
   * @param serve what the callee does, in its own time
   * @returns what it answered
   * @throws PeerError where no answer came in time, or nobody listens, or the callee threw
   */
  call<Answer>(
    caller: Caller,
    to: string,
    timeoutMs: number,
    serve: (place: NetworkPlace<Server>) => Answer | Promise<Answer>,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const cancelTimeout = caller.process.after(timeoutMs, () =>
        reject(new PeerError(`${to} did not answer within ${timeoutMs} ms`)),
      );
      const answer = (settle: () => void): void =>
        this.transmit(to, caller.address, () =>
          caller.process.arrive(() => {
            cancelTimeout();
            settle();
          }),
        );
      this.transmit(caller.address, to, () => {
        const place = this.#places.get(to);
        if (place === undefined || place.process.state === 'dead') {
          answer(() => reject(new PeerError(`${to} refused the connection`)));
          return;
        }
        place.process.arrive(() => {
          const onFailure = (error: unknown): void =>
            answer(() => reject(new PeerError(`${to} failed: ${(error as Error).message}`)));
          try {
            Promise.resolve(serve(place)).then((value) => answer(() => resolve(value)), onFailure);
          } catch (error) {
            onFailure(error);
          }
        });
      });
    });
  }

  /** Sends one message, which arrives never, once or twice. */
  transmit(from: string, to: string, onArrival: () => void): void {
    const link = linkOf(from, to);
    const traits = this.#traits.get(link) ?? this.traits;
    if (this.#blocked.has(link) || this.random.chance(traits.lossRate)) return;
    this.time.after(this.#delayMs(traits), onArrival);
    if (this.random.chance(traits.duplicateRate)) this.time.after(this.#delayMs(traits), onArrival);
  }

  /** The delay of one more message; undefined where it would be lost. */
  streamDelayMs(from: string, to: string): number | undefined {
    const link = linkOf(from, to);
    const traits = this.#traits.get(link) ?? this.traits;
    if (this.#blocked.has(link) || this.random.chance(traits.lossRate)) return undefined;
    return this.random.between(traits.minDelayMs, traits.maxDelayMs);
  }

  #delayMs({ minDelayMs, maxDelayMs, lateRate, maxLateMs }: LinkTraits): number {
    const delayMs = this.random.between(minDelayMs, maxDelayMs);
    if (!this.random.chance(lateRate)) return delayMs;
    const lateMs = delayMs + this.random.between(0, maxLateMs);
    this.#lastLateMs = Math.max(this.#lastLateMs, this.time.nowMs + lateMs);
    return lateMs;
  }
}

function linkOf(from: string, to: string): string {
  return `${from}>${to}`;
}
