import { beforeEach, describe, expect, it } from 'vitest';
import { type ReplicaParts, replicaParts } from '#testing';
import { type Identity, PeerFeed } from './peer-feed.js';
import { PeerError } from './ports/peer-client.js';

const fails = () => Promise.reject(new PeerError('connection refused'));

describe('PeerFeed counts', () => {
  let parts: ReplicaParts;
  let feed: PeerFeed;
  let identity: Identity;
  beforeEach(() => begin(1_000));

  function begin(maxEvents: number): void {
    parts = replicaParts({ maxEvents, maxBytes: 1e6 });
    identity = 'peer';
    feed = new PeerFeed('127.0.0.2:8080', parts, () => identity);
  }

  /** Logs events, wakes the feed, and lets it send. */
  async function publish(count: number): Promise<void> {
    const nowMs = parts.clock.nowMs();
    for (let i = 0; i < count; i++)
      parts.log.append({ kind: 'numbers', state: '1', sinceMs: nowMs, loggedMs: nowMs });
    feed.wake();
    await parts.timers.advance(2);
  }

  it('batches and events as they leave', async () => {
    await publish(0);
    expect([parts.totals.batchesSent, parts.totals.eventsSent, feed.state]).toEqual([1, 0, 'in_sync']);
    await publish(3);
    expect(parts.totals).toMatchObject({ batchesSent: 2, eventsSent: 3, batchesFailed: 0 });
  });

  it('what failed, and again what is sent again; the latency of what arrived', async () => {
    const takesAll = parts.client.onBatch;
    await publish(0);
    expect(parts.totals.latencyCount).toBe(0);
    parts.client.onBatch = fails;
    await publish(2);
    expect(feed).toMatchObject({ state: 'unreachable', lagEvents: 2, lastError: 'connection refused' });
    expect(parts.totals.batchesFailed).toBe(1);
    parts.client.onBatch = takesAll;
    await parts.timers.advance(1_000);
    expect(feed).toMatchObject({ state: 'in_sync', lagEvents: 0, lastError: undefined });
    expect(parts.totals).toMatchObject({ eventsSent: 4, latencyCount: 1 });
  });

  it('three failures in a row as flushed', async () => {
    const takesAll = parts.client.onBatch;
    await publish(1);
    expect(feed.isFlushed).toBe(true);
    parts.client.onBatch = fails;
    await publish(1);
    expect([parts.totals.batchesFailed, feed.isFlushed]).toEqual([1, false]);
    parts.client.onBatch = takesAll;
    await parts.timers.advance(50);
    expect([feed.lagEvents, feed.isFlushed]).toEqual([0, true]);
    parts.client.onBatch = fails;
    await publish(1);
    await parts.timers.advance(150);
    expect([parts.totals.batchesFailed, feed.isFlushed]).toEqual([4, true]);
  });

  it('each event once that fell out of the log before the peer had it', async () => {
    begin(10);
    await publish(5);
    parts.client.onBatch = fails;
    await publish(25);
    await parts.timers.advance(5_000);
    expect(parts.totals.batchesFailed).toBeGreaterThan(3);
    expect(parts.totals.eventsEvicted).toBe(15);
    parts.client.onBatch = (_peer, { first, events }) => ({
      epoch: '00000000000000bb',
      phase: 'ready',
      outcome: first > 6 ? 'snapshot' : 'applied',
      applied: first > 6 ? 5 : first + events.length - 1,
    });
    await parts.timers.advance(1_000);
    await publish(1);
    expect([parts.totals.eventsEvicted, feed.lagEvents]).toEqual([15, 0]);
  });

  it.each(['itself', 'duplicate'] as const)('no event for what is %s, however often it asks', async (who) => {
    identity = who;
    await publish(0);
    expect(feed).toMatchObject({ state: who, lagEvents: 0, isFlushed: true });
    for (let minute = 0; minute < 3; minute++) {
      await publish(2_000);
      await parts.timers.advance(60_000);
      feed.beat();
      await parts.timers.advance(10);
    }
    expect(parts.client.batches.map(({ events }) => events.length)).toEqual([0, 0, 0, 0]);
    expect(parts.totals).toMatchObject({ eventsSent: 0, eventsEvicted: 0, latencyCount: 0 });
  });
});
