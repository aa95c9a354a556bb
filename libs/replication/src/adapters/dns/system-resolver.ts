import { lookup } from 'node:dns/promises';
import type { AddressResolver } from './address-resolver.js';
import { failureOf, saysNothingIsThere } from './answers.js';
import type { TimeLimit } from './time-limit.js';

/** The system's look-up of all addresses of a name; it fails with Node's codes. May hang. */
export type SystemLookup = (name: string) => Promise<readonly { readonly address: string }[]>;

interface Running {
  readonly name: string;
  /** Never rejects: nobody may be there to hear of it. */
  readonly outcome: Promise<Outcome>;
}

type Outcome = { readonly addresses: readonly string[] } | { readonly error: unknown };

/**
 * Asks the system's resolver (getaddrinfo), so that the hosts file and search domains count.
 *
 * Such a look-up can't be ended and holds one of the process's few worker threads while it hangs. So there is never
 * more than one: who asks the same meanwhile shares its answer, who asks for another name waits for its end.
 */
export class SystemResolver implements AddressResolver {
  #running: Running | undefined;

  constructor(private readonly lookUp: SystemLookup = (name) => lookup(name, { all: true })) {}

  async addressesOf(name: string, limit: TimeLimit): Promise<readonly string[]> {
    const outcome = await this.#ask(name, limit).catch((error: unknown) => ({ error }));
    if ('addresses' in outcome) return outcome.addresses;
    if (saysNothingIsThere(outcome.error)) return [];
    throw failureOf(name, outcome.error);
  }

  async #ask(name: string, limit: TimeLimit): Promise<Outcome> {
    while (this.#running !== undefined && this.#running.name !== name) {
      const { outcome } = this.#running;
      await limit.within(() => outcome);
    }
    return limit.within(() => this.#begun(name).outcome);
  }

  #begun(name: string): Running {
    this.#running ??= { name, outcome: this.#run(name).finally(() => (this.#running = undefined)) };
    return this.#running;
  }

  async #run(name: string): Promise<Outcome> {
    try {
      const found = await this.lookUp(name);
      return { addresses: found.map(({ address }) => address) };
    } catch (error) {
      return { error };
    }
  }
}
