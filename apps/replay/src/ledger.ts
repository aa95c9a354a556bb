/** Between which values a count must lie, both included. */
export interface Bounds {
  readonly lower: number;
  readonly upper: number;
}

/** One request's share in one count of one engine. Every method counts once, whatever the order of calls. */
export interface Claim {
  addSent(): void;
  addAcknowledged(): void;
  removalSent(): void;
  removalAcknowledged(): void;
}

/**
 * One count of every engine: sums of all that was ever added and removed, once as sent and once as
 * acknowledged. They only grow, so the state at a query's departure is a copy of two of them.
 *
 *     lower = adds acknowledged before the query left - removals sent before its answer came
 *     upper = adds sent before its answer came - removals acknowledged before the query left
 *
 * An add whose call failed may or may not count: it is in no lower bound, nor is its removal, and it stays in
 * the upper bound until a removal is acknowledged. After that the service may count it no more, however late
 * the add itself arrives.
 */
export class Ledger {
  readonly #addsSent: Float64Array;
  readonly #addsAcknowledged: Float64Array;
  readonly #removalsSent: Float64Array;
  readonly #removalsAcknowledged: Float64Array;

  constructor(engines: number) {
    this.#addsSent = new Float64Array(engines);
    this.#addsAcknowledged = new Float64Array(engines);
    this.#removalsSent = new Float64Array(engines);
    this.#removalsAcknowledged = new Float64Array(engines);
  }

  /** A request's share of `amount` in the count of `engine`. */
  claim(engine: number, amount: number): Claim {
    const done = { addSent: false, addAcknowledged: false, removalSent: false, removalAcknowledged: false };
    const once = (step: keyof typeof done, sums: Float64Array): void => {
      if (done[step]) return;
      done[step] = true;
      sums[engine] = (sums[engine] ?? 0) + amount;
    };
    return {
      addSent: () => once('addSent', this.#addsSent),
      addAcknowledged: () => {
        // Once its removal is under way the add must count nowhere: it can't enter the lower bound any more.
        if (!done.removalSent) once('addAcknowledged', this.#addsAcknowledged);
      },
      removalSent: () => {
        if (done.addAcknowledged) once('removalSent', this.#removalsSent);
        done.removalSent = true;
      },
      removalAcknowledged: () => once('removalAcknowledged', this.#removalsAcknowledged),
    };
  }

  /** Takes the state at a query's departure; the function gives the bounds at the moment that it is called. */
  ask(): (engine: number) => Bounds {
    const addsAcknowledged = this.#addsAcknowledged.slice();
    const removalsAcknowledged = this.#removalsAcknowledged.slice();
    return (engine) => ({
      lower: (addsAcknowledged[engine] ?? 0) - (this.#removalsSent[engine] ?? 0),
      upper: (this.#addsSent[engine] ?? 0) - (removalsAcknowledged[engine] ?? 0),
    });
  }
}
