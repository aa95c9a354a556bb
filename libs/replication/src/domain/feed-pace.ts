/** Above this rate to a peer, events wait a moment for others to share their batch. */
const busyEventsPerSecond = 500;
/** A timer of 1 ms rings within 2. */
const lingerMs = 1;
const windowMs = 100;

/** Decides how long an event may wait for company: at low load not at all, so that nothing is slower for it. */
export class FeedPace {
  #windowStartMs = Number.NEGATIVE_INFINITY;
  #eventsInWindow = 0;
  #isBusy = false;

  /** Events have left for the peer. */
  onSent(events: number, nowMs: number): void {
    const elapsedMs = nowMs - this.#windowStartMs;
    if (elapsedMs >= windowMs) {
      this.#isBusy = (this.#eventsInWindow * 1_000) / elapsedMs > busyEventsPerSecond;
      this.#windowStartMs = nowMs;
      this.#eventsInWindow = 0;
    }
    this.#eventsInWindow += events;
  }

  /** @returns how long an event that comes now may wait */
  lingerMs(nowMs: number): number {
    const isLong = nowMs - this.#windowStartMs > 2 * windowMs;
    return this.#isBusy && !isLong ? lingerMs : 0;
  }
}
