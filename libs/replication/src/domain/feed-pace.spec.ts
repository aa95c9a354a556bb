import { describe, expect, it } from 'vitest';
import { FeedPace } from './feed-pace.js';

/** Sends an event every so often, for a second. */
function lingerAt(eventsPerSecond: number): number {
  const pace = new FeedPace();
  for (let event = 0; event < eventsPerSecond; event++) pace.onSent(1, (event * 1_000) / eventsPerSecond);
  return pace.lingerMs(1_000);
}

describe('FeedPace', () => {
  it('lets no event wait up to 500 events a second, then 1 ms, and 2 ms above 1,000', () => {
    expect([1, 100, 450, 500].map(lingerAt)).toEqual([0, 0, 0, 0]);
    expect([550, 990, 1_100, 6_000].map(lingerAt)).toEqual([1, 1, 2, 2]);
  });

  it('counts events, not batches', () => {
    const pace = new FeedPace();
    for (let ms = 0; ms < 300; ms += 50) pace.onSent(100, ms);
    expect(pace.lingerMs(300)).toBe(2);
  });

  it('does not wait before anything is known, nor again when it has become quiet', () => {
    const pace = new FeedPace();
    expect(pace.lingerMs(0)).toBe(0);
    for (let ms = 0; ms <= 200; ms++) pace.onSent(10, ms);
    expect(pace.lingerMs(201)).toBe(2);
    expect(pace.lingerMs(60_000)).toBe(0);
    pace.onSent(1, 60_000);
    expect(pace.lingerMs(60_000)).toBe(0);
  });
});
