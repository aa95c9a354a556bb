import type { SrvRecord } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { type PeerAddress, addressText } from '../../domain/peer-address.js';
import type { AddressResolver } from './address-resolver.js';
import { failureOf, saysNothingIsThere } from './answers.js';
import { TimeLimit } from './time-limit.js';

/** How often a server is asked that does not answer: datagrams get lost. */
const tries = 2;

type Outcome<T> = { readonly records: readonly T[] } | { readonly error: unknown };
type Query<T> = (resolver: Resolver) => Promise<readonly T[]>;

/** Asks name servers itself. Names must be complete: neither search domains nor the hosts file count. */
export class NameServerResolver implements AddressResolver {
  /** One for each server: Node's asks the next one only after silence, not after a failure. */
  readonly #resolvers: readonly Resolver[];
  /** The time of each server's turn. c-ares' own time-outs come late by a tick of its timer or two. */
  readonly #turnMs: number;

  /**
   * @param servers IP literals with ports, asked in their order; those of the system where none are given
   * @param limitMs within which all of them have had their turn
   */
  constructor(servers: readonly PeerAddress[] | undefined, limitMs: number) {
    const addresses = servers?.map(addressText) ?? new Resolver().getServers();
    this.#turnMs = Math.max(1, Math.floor(limitMs / addresses.length));
    const timeout = Math.ceil(this.#turnMs / tries);
    this.#resolvers = addresses.map((address) => {
      const resolver = new Resolver({ timeout, maxTimeout: timeout, tries });
      resolver.setServers([address]);
      return resolver;
    });
  }

  /** Where one family has addresses, it does not matter why the other has none: as getaddrinfo has it. */
  async addressesOf(name: string, limit: TimeLimit): Promise<readonly string[]> {
    const outcomes = await Promise.all([
      this.#ask((resolver) => resolver.resolve4(name), limit),
      this.#ask((resolver) => resolver.resolve6(name), limit),
    ]);
    const found = outcomes.flatMap((outcome) => ('records' in outcome ? outcome.records : []));
    if (found.length > 0) return found;
    for (const outcome of outcomes) if ('error' in outcome) throw failureOf(name, outcome.error);
    return [];
  }

  /**
   * @returns the name's SRV records; none where it has none or does not exist
   * @throws DirectoryError that names the name and the reason
   */
  async servicesOf(name: string, limit: TimeLimit): Promise<readonly SrvRecord[]> {
    const outcome = await this.#ask((resolver) => resolver.resolveSrv(name), limit);
    if ('error' in outcome) throw failureOf(name, outcome.error);
    return outcome.records;
  }

  /** What the first server says that can tell, else how the last one failed. */
  async #ask<T>(query: Query<T>, limit: TimeLimit): Promise<Outcome<T>> {
    let outcome: Outcome<T> = { records: [] };
    for (const resolver of this.#resolvers) {
      const turn = (): Promise<readonly T[]> => new TimeLimit(this.#turnMs).within(() => query(resolver));
      outcome = await outcomeOf(limit.within(turn));
      if ('records' in outcome) return outcome;
    }
    return outcome;
  }
}

/** That there is nothing is an answer. */
async function outcomeOf<T>(asked: Promise<readonly T[]>): Promise<Outcome<T>> {
  try {
    return { records: await asked };
  } catch (error) {
    return saysNothingIsThere(error) ? { records: [] } : { error };
  }
}
