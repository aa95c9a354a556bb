import type { Clock } from '../src/clock.js';

/** A clock that stands still until someone waits; a wait ends at once and moves it to the instant awaited. */
export class ManualClock implements Clock {
  #nowMs = 1000;
  /** The instants that were waited for. */
  readonly waitedForMs: number[] = [];
  /** Called at the beginning of every wait. */
  onWait: (untilMs: number) => void = () => undefined;

  nowMs(): number {
    return this.#nowMs;
  }

  unixNs(): bigint {
    return 1_763_851_234_000_000_000n + BigInt(Math.round(this.#nowMs * 1e6));
  }

  advance(byMs: number): void {
    this.#nowMs += byMs;
  }

  waitUntil(untilMs: number, signal: AbortSignal): Promise<void> {
    this.waitedForMs.push(untilMs);
    this.onWait(untilMs);
    if (!signal.aborted) this.#nowMs = Math.max(this.#nowMs, untilMs);
    return Promise.resolve();
  }
}
