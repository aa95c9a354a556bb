import type { Clock } from './ports/clock.js';
import type { Timers } from './ports/timers.js';

/** What calls may wait for. */
const sliceMs = 2;

/** One stretch after the other of a long work, between which calls are answered. */
export class TimeSlice {
  #endsMs: number;

  constructor(
    private readonly clock: Clock,
    private readonly timers: Timers,
  ) {
    this.#endsMs = clock.nowMs() + sliceMs;
  }

  /** Looks at the clock, which costs some 0.1 µs. */
  get isOver(): boolean {
    return this.clock.nowMs() >= this.#endsMs;
  }

  /** Lets other work in; then the next stretch begins. */
  async next(): Promise<void> {
    await this.timers.nextTurn();
    this.#endsMs = this.clock.nowMs() + sliceMs;
  }
}
