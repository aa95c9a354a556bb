/** Where the present comes from. Never blocks. */
export abstract class Clock {
  /** Monotonic time; the contexts stamp what they publish with the same clock. */
  abstract nowMs(): number;
}
