/**
 * When a request stops counting, and when its id is forgotten.
 *
 * Both follow from a life's age, so they are never stored or sent: at `expiryMs` the life no longer counts
 * (its client is taken for dead), and `tombstoneMs` later nothing is known of its id any more.
 */
export class GcPolicy {
  /** Age at which an id is forgotten, whatever became of it. */
  readonly forgetMs: number;

  /**
   * @param expiryMs age at which a request no longer counts, and idle time after which an engine's row goes
   * @param tombstoneMs how long an id outlives its expiry. It must exceed the longest pause of a process: a replica
   *   that slept for longer could bring a request back that all others have forgotten
   */
  constructor(
    readonly expiryMs: number,
    readonly tombstoneMs = 90_000,
  ) {
    this.forgetMs = expiryMs + tombstoneMs;
  }

  isExpired(startedMs: number, nowMs: number): boolean {
    return nowMs - startedMs >= this.expiryMs;
  }

  isForgotten(startedMs: number, nowMs: number): boolean {
    return nowMs - startedMs >= this.forgetMs;
  }
}
