import { setImmediate as whenIdle } from 'node:timers/promises';
import type { ManualClock } from './manual-clock.js';

interface Timer {
  readonly dueMs: number;
  readonly action: () => void;
}

/**
 * Timers that ring while a test lets time pass: in the order in which they are due and, where that is the same, in
 * which they were set. After each, all promises that can go on do so before the next rings. Fits replication's port.
 */
export class ManualTimers {
  readonly #waiting = new Set<Timer>();

  /** @param clock what the timers go by; it is moved along */
  constructor(private readonly clock: ManualClock) {}

  /** Timers that have not rung yet. */
  get waiting(): number {
    return this.#waiting.size;
  }

  after(delayMs: number, action: () => void): () => void {
    const timer = { dueMs: this.clock.nowMs() + Math.max(0, delayMs), action };
    this.#waiting.add(timer);
    return () => void this.#waiting.delete(timer);
  }

  /** Takes no time, and needs nobody to let time pass. */
  nextTurn(): Promise<void> {
    return Promise.resolve();
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.after(delayMs, resolve));
  }

  /** Lets time pass; with 0 what is due already rings. Timers that the rung ones set ring, too, where they fall due. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.clock.nowMs() + ms;
    await whenIdle();
    for (let timer = this.#nextDue(untilMs); timer !== undefined; timer = this.#nextDue(untilMs)) {
      this.#waiting.delete(timer);
      this.#moveTo(timer.dueMs);
      timer.action();
      await whenIdle();
    }
    this.#moveTo(untilMs);
  }

  #nextDue(untilMs: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#waiting) {
      if (timer.dueMs <= untilMs && (next === undefined || timer.dueMs < next.dueMs)) next = timer;
    }
    return next;
  }

  /** A test may have moved the clock by itself. */
  #moveTo(ms: number): void {
    this.clock.advance(Math.max(0, ms - this.clock.nowMs()));
  }
}
