import type { CallResult } from '../call-result.js';
import type { WireCall } from './exchange.js';
import { fnv32a } from './fnv32a.js';
import { inOrderOfAddress } from './replica-address.js';
import type { ReplicaFigures } from './replica-figures.js';
import { ReplicaLink } from './replica-link.js';

/** Which replicas there are, and how long one of several may take. */
export interface FleetOptions {
  /** Scheme, host and port of each; at least one, none twice. */
  readonly targets: readonly string[];
  /** Connections to each replica at most; further calls wait for one. */
  readonly connections: number;
  /** From sending to the whole answer, where another replica can be asked instead. */
  readonly attemptTimeoutMs: number;
}

/** What is counted of one replica. */
export interface CountedReplica {
  /** Scheme, host and port. */
  readonly target: string;
  /** `host:port`. */
  readonly address: string;
  readonly figures: ReplicaFigures;
}

/**
 * The replicas as AIGW calls them: a key's hash over the replicas in order of their addresses tells which is
 * asked; what it does not answer well in time goes once more, byte for byte, to the next. A lone replica is
 * asked once, and given the time that it takes.
 */
export class Fleet {
  readonly #links: readonly ReplicaLink[];
  readonly #attemptTimeoutMs: number | undefined;
  readonly #placeByKey = new Map<string, number>();

  constructor({ targets, connections, attemptTimeoutMs }: FleetOptions) {
    this.#links = inOrderOfAddress(targets).map((target) => new ReplicaLink(target, connections));
    this.#attemptTimeoutMs = targets.length > 1 ? attemptTimeoutMs : undefined;
  }

  /** In order of their addresses. */
  get replicas(): readonly CountedReplica[] {
    return this.#links;
  }

  /**
   * Makes a call. Never rejects.
   *
   * @param key a cluster's name, or empty; there are few different ones
   */
  async call(key: string, call: WireCall): Promise<CallResult<unknown>> {
    const place = this.#placeOf(key);
    const first = this.#link(place);
    const result = await first.attempt(call, 'first', this.#attemptTimeoutMs);
    if (result.ok) return result;
    const again = this.#links.length > 1 ? await this.#retry(place + 1, call) : result;
    if (again.ok) return again;
    first.countFailedCall();
    return again === result ? result : { ok: false, reason: `${result.reason}; then ${again.reason}` };
  }

  /** Asks one replica, by its place, outside of all counts. Never rejects. */
  ask(place: number, call: WireCall, timeoutMs: number): Promise<CallResult<unknown>> {
    return this.#link(place).ask(call, timeoutMs);
  }

  /** Drops all connections; calls under way fail. */
  async close(): Promise<void> {
    await Promise.all(this.#links.map((link) => link.close()));
  }

  async #retry(place: number, call: WireCall): Promise<CallResult<unknown>> {
    return this.#link(place % this.#links.length).attempt(call, 'retry', this.#attemptTimeoutMs);
  }

  #placeOf(key: string): number {
    const known = this.#placeByKey.get(key);
    if (known !== undefined) return known;
    const place = fnv32a(key) % this.#links.length;
    this.#placeByKey.set(key, place);
    return place;
  }

  #link(place: number): ReplicaLink {
    const link = this.#links[place];
    if (link === undefined) throw new RangeError(`no replica ${place} of ${this.#links.length}`);
    return link;
  }
}
