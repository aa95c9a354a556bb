import { describe, expect, it } from 'vitest';
import { systemClock } from './clock.js';

describe('systemClock', () => {
  it('waits until the instant, and not at all for one that is past', async () => {
    const { signal } = new AbortController();
    const untilMs = systemClock.nowMs() + 5;
    await systemClock.waitUntil(untilMs, signal);
    expect(systemClock.nowMs()).toBeGreaterThanOrEqual(untilMs);
    await systemClock.waitUntil(0, signal);
  });

  it('stops waiting, without an error, when aborted', async () => {
    const interruption = new AbortController();
    const waiting = systemClock.waitUntil(systemClock.nowMs() + 1e9, interruption.signal);
    interruption.abort();
    await expect(waiting).resolves.toBeUndefined();
    await expect(systemClock.waitUntil(Number.MAX_VALUE, interruption.signal)).resolves.toBeUndefined();
  });

  it('tells Unix time in nanoseconds', () => {
    expect(Math.abs(Number(systemClock.unixNs() / 1_000_000n) - Date.now())).toBeLessThan(60_000);
  });
});
