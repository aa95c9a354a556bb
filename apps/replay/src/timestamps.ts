import type { Clock } from './clock.js';

/** Wall-clock times in Unix nanoseconds, none given twice, each later than the one before. */
export function uniqueTimestamps(clock: Pick<Clock, 'unixNs'>): () => bigint {
  let last = 0n;
  return () => {
    const now = clock.unixNs();
    last = now > last ? now : last + 1n;
    return last;
  };
}
