/** Where the present comes from. Never blocks. */
export abstract class Clock {
  /** Monotonic time, in ms since an arbitrary start. */
  abstract nowMs(): number;
}
