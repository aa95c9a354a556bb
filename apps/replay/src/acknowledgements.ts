/** How long other replicas may be without what one of them acknowledged. */
export interface Staleness {
  readonly lagMs: number;
  /** Monotonic time in milliseconds. */
  readonly nowMs: () => number;
}

interface Entry {
  readonly dueMs: number;
  readonly enter: () => void;
}

/**
 * Acknowledgements on their way into the books. Without staleness each counts at once; with it, only when
 * every replica must have heard of what was acknowledged, since any of them may answer the next query.
 */
export class Acknowledgements {
  readonly #staleness: Staleness | undefined;
  #entries: Entry[] = [];
  /** The first entry that is not yet made. */
  #head = 0;

  constructor(staleness?: Staleness) {
    this.#staleness = staleness;
  }

  /** Makes an entry, now or later. */
  add(enter: () => void): void {
    if (this.#staleness === undefined) return enter();
    const nowMs = this.#staleness.nowMs();
    this.#entries.push({ dueMs: nowMs + this.#staleness.lagMs, enter });
    this.#settleUntil(nowMs);
  }

  /** Makes the entries that are due. */
  settleDue(): void {
    if (this.#staleness !== undefined) this.#settleUntil(this.#staleness.nowMs());
  }

  /** Makes all entries. */
  settleAll(): void {
    this.#settleUntil(Number.POSITIVE_INFINITY);
  }

  #settleUntil(nowMs: number): void {
    for (let entry = this.#entries[this.#head]; entry !== undefined; entry = this.#entries[this.#head]) {
      if (entry.dueMs > nowMs) break;
      entry.enter();
      this.#head++;
    }
    if (this.#head * 2 < this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#head);
    this.#head = 0;
  }
}
