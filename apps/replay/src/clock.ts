import { setTimeout as sleep } from 'node:timers/promises';

/** Time, as far as the replay needs it. */
export interface Clock {
  /** Monotonic time in milliseconds, with a fraction of at least microseconds. */
  nowMs(): number;
  /** Wall-clock time as Unix nanoseconds. */
  unixNs(): bigint;
  /** Resolves when {@link nowMs} has reached `untilMs`, at the latest soon after `signal` is aborted. Never rejects. */
  waitUntil(untilMs: number, signal: AbortSignal): Promise<void>;
}

/** Timers take at most some 24 days: a long wait is cut into pieces. */
const longestTimerMs = 60 * 60 * 1000;

/** The machine's own clock and timers. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  unixNs: () => BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n,
  async waitUntil(untilMs, signal) {
    for (;;) {
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0 || signal.aborted) return;
      // Aborting rejects the timer, which here is no error.
      await sleep(Math.min(leftMs, longestTimerMs), undefined, { signal }).catch(() => undefined);
    }
  },
};
