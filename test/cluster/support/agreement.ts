import { setTimeout as sleep } from 'node:timers/promises';
import { type Counts, countsAt, differencesOf } from './counts.js';

/** Whose counts must be equal, and by when. */
export interface Agreement {
  readonly urls: readonly string[];
  readonly clusters: readonly string[];
  /** What they must be; without it, only equal. */
  readonly truth?: Counts;
  /** The last call. */
  readonly sinceMs: number;
  readonly limitMs: number;
}

const periodMs = 50;
/** How much longer to look, to tell what is late from what never comes. */
const graceMs = 12_000;
const shownDifferences = 8;

/**
 * Waits until all replicas give the same counts.
 *
 * @returns how long after the last call that was
 * @throws Error that tells how late they were, or in what they still differ
 */
export async function awaitAgreement(agreement: Agreement): Promise<number> {
  const { sinceMs, limitMs } = agreement;
  const must = `the replicas must agree within ${limitMs} ms after the last call`;
  for (;;) {
    const differences = await differencesNow(agreement);
    const tookMs = Math.round(performance.now() - sinceMs);
    if (differences.length === 0) {
      if (tookMs <= limitMs) return tookMs;
      throw new Error(`${must}, but did after ${tookMs} ms`);
    }
    if (tookMs > limitMs + graceMs) {
      const shown = differences.slice(0, shownDifferences).join('\n  ');
      throw new Error(`${must}, but do not after ${tookMs} ms; ${differences.length} differ:\n  ${shown}`);
    }
    await sleep(periodMs);
  }
}

async function differencesNow({ urls, clusters, truth }: Agreement): Promise<string[]> {
  const found = await Promise.all(urls.map((url) => countsAt(url, clusters)));
  const wanted = truth ?? found[0]!;
  return found.flatMap((counts, index) =>
    differencesOf(counts, wanted).map((difference) => `${urls[index]} ${difference}`),
  );
}
