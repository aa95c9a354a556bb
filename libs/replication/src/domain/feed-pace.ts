/** Above these rates to a peer, events wait a moment for others to share their batch: the faster they come, the more it saves. */
const lingers = [
  { aboveEventsPerSecond: 1_000, lingerMs: 2 },
  { aboveEventsPerSecond: 500, lingerMs: 1 },
] as const;
const windowMs = 100;

/** Decides how long an event may wait for company: at low load not at all, so that nothing is slower for it. */
export class FeedPace {
  #windowStartMs = Number.NEGATIVE_INFINITY;
  #eventsInWindow = 0;
  #lingerMs = 0;

  /** Events have left for the peer. */
  onSent(events: number, nowMs: number): void {
    const elapsedMs = nowMs - this.#windowStartMs;
    if (elapsedMs >= windowMs) {
      const eventsPerSecond = (this.#eventsInWindow * 1_000) / elapsedMs;
      const linger = lingers.find(({ aboveEventsPerSecond }) => eventsPerSecond > aboveEventsPerSecond);
      this.#lingerMs = linger?.lingerMs ?? 0;
      this.#windowStartMs = nowMs;
      this.#eventsInWindow = 0;
    }
    this.#eventsInWindow += events;
  }

  /** @returns how long an event that comes now may wait */
  lingerMs(nowMs: number): number {
    const isLong = nowMs - this.#windowStartMs > 2 * windowMs;
    return isLong ? 0 : this.#lingerMs;
  }
}
