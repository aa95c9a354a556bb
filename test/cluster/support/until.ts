import { setTimeout as sleep } from 'node:timers/promises';

const periodMs = 50;

/**
 * Waits for what must come, on a machine as slow as may be.
 *
 * @param what for the message, where it does not come
 */
export async function until(
  what: string,
  isMet: () => Promise<boolean> | boolean,
  limitMs = 45_000,
): Promise<void> {
  const deadlineMs = performance.now() + limitMs;
  let lastError: unknown;
  for (;;) {
    try {
      if (await isMet()) return;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() > deadlineMs)
      throw new Error(`it did not come within ${limitMs} ms that ${what}`, { cause: lastError });
    await sleep(periodMs);
  }
}
