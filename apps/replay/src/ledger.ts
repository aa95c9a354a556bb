/** Between which values a count must lie, both included. Two functions: an object for each count would be garbage. */
export interface Bounds {
  lowerOf(engine: number): number;
  upperOf(engine: number): number;
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
  readonly #sums: Sums;

  constructor(engines: number) {
    this.#sums = {
      addsSent: new Float64Array(engines),
      addsAcknowledged: new Float64Array(engines),
      removalsSent: new Float64Array(engines),
      removalsAcknowledged: new Float64Array(engines),
    };
  }

  /** A request's share of `amount` in the count of `engine`. */
  claim(engine: number, amount: number): Claim {
    return new Claim(this.#sums, engine, amount);
  }

  /** Takes the state at a query's departure; the functions give the bounds at the moment that they are called. */
  ask(): Bounds {
    const { addsSent, removalsSent } = this.#sums;
    const addsAcknowledged = this.#sums.addsAcknowledged.slice();
    const removalsAcknowledged = this.#sums.removalsAcknowledged.slice();
    return {
      lowerOf: (engine) => (addsAcknowledged[engine] ?? 0) - (removalsSent[engine] ?? 0),
      upperOf: (engine) => (addsSent[engine] ?? 0) - (removalsAcknowledged[engine] ?? 0),
    };
  }
}

/** One request's share in one count of one engine. Every method counts once, whatever the order of calls. */
export class Claim {
  readonly #sums: Sums;
  readonly #engine: number;
  readonly #amount: number;
  #addSent = false;
  #addAcknowledged = false;
  #removalSent = false;
  #removalAcknowledged = false;

  constructor(sums: Sums, engine: number, amount: number) {
    this.#sums = sums;
    this.#engine = engine;
    this.#amount = amount;
  }

  addSent(): void {
    if (!this.#addSent) this.#count(this.#sums.addsSent);
    this.#addSent = true;
  }

  addAcknowledged(): void {
    // Once its removal is under way the add must count nowhere: it can't enter the lower bound any more.
    if (this.#removalSent || this.#addAcknowledged) return;
    this.#addAcknowledged = true;
    this.#count(this.#sums.addsAcknowledged);
  }

  removalSent(): void {
    if (this.#addAcknowledged && !this.#removalSent) this.#count(this.#sums.removalsSent);
    this.#removalSent = true;
  }

  removalAcknowledged(): void {
    if (!this.#removalAcknowledged) this.#count(this.#sums.removalsAcknowledged);
    this.#removalAcknowledged = true;
  }

  #count(sums: Float64Array): void {
    sums[this.#engine] = (sums[this.#engine] ?? 0) + this.#amount;
  }
}

/** Per engine. */
interface Sums {
  readonly addsSent: Float64Array;
  readonly addsAcknowledged: Float64Array;
  readonly removalsSent: Float64Array;
  readonly removalsAcknowledged: Float64Array;
}
