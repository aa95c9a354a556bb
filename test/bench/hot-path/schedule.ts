/** When calls are to be sent: at a steady rate, whatever becomes of those before; or all at once. */
export class Schedule {
  readonly count: number;
  readonly #callsPerSecond: number;

  /** @param callsPerSecond all are due at once where it is not given */
  constructor(count: number, callsPerSecond = Number.POSITIVE_INFINITY) {
    this.count = count;
    this.#callsPerSecond = callsPerSecond;
  }

  /** When the call is to be sent, in ms after the start; the first is 0. */
  dueMs(index: number): number {
    return (index * 1_000) / this.#callsPerSecond;
  }

  isDue(index: number, elapsedMs: number): boolean {
    return index < this.count && this.dueMs(index) <= elapsedMs;
  }
}
