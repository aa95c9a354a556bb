const firstMs = 50;
const mostMs = 1_000;

/**
 * How long to wait after a failure: exponential with full jitter, so that peers that failed together do not come
 * back together (Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015).
 */
export class Backoff {
  #failures = 0;

  /** Failures in a row. */
  get failures(): number {
    return this.#failures;
  }

  succeed(): void {
    this.#failures = 0;
  }

  /**
   * @param random in [0, 1)
   * @returns the delay before the next attempt
   */
  fail(random: number): number {
    const ceilingMs = Math.min(mostMs, firstMs * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 1_000);
    return Math.ceil(random * ceilingMs);
  }
}
