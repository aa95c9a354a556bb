/** The machine's clocks. */
export class SystemClock {
  /** Unix time minus monotonic time, in ms, kept in step with the wall clock. */
  #offsetMs = Number.NEGATIVE_INFINITY;

  /**
   * Reads both clocks. The wall clock has the millisecond of `Date.now()` and the microseconds of the
   * monotonic clock, so that two changes within a millisecond can be told apart.
   */
  now(): { readonly monotonicMs: number; readonly unixUs: number } {
    const monotonicMs = performance.now();
    const unixMs = Date.now();
    const driftMs = this.#offsetMs + monotonicMs - unixMs;
    if (!(driftMs >= 0 && driftMs < 1)) this.#offsetMs = unixMs - monotonicMs;
    return { monotonicMs, unixUs: Math.floor((this.#offsetMs + monotonicMs) * 1000) };
  }
}
