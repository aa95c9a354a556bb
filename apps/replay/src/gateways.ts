import type { Gateway } from './gateway.js';
import type { Step } from './schedule.js';

/** One gateway for each cluster; requests go to them in turn. */
export class Gateways {
  /** At least one. */
  readonly all: readonly Gateway[];

  constructor(all: readonly Gateway[]) {
    this.all = all;
  }

  /** See {@link Gateway.perform}. */
  perform(step: Step): Promise<void> {
    return this.#of(step).perform(step);
  }

  /** See {@link Gateway.previousCallOf}. */
  previousCallOf(step: Step): Promise<void> {
    return this.#of(step).previousCallOf(step);
  }

  /** Asks for the load of every cluster; gives the reason of one that did not answer. See {@link Gateway.check}. */
  async check(): Promise<string | undefined> {
    const results = await Promise.all(this.all.map((gateway) => gateway.check()));
    return results.find((result) => !result.ok)?.reason;
  }

  #of({ index }: Step): Gateway {
    const gateway = this.all[index % this.all.length];
    if (gateway === undefined) throw new RangeError('there is no gateway');
    return gateway;
  }
}
