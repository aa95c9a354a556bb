import { describe, expect, it } from 'vitest';
import { FakeClient, fails, takesAll } from '../../test-support/fake-client.js';
import { ManualTime } from '../../test-support/manual-time.js';
import { MeshParts } from '../../test-support/mesh-parts.js';
import { type Identity, PeerFeed } from './peer-feed.js';

const epoch = '00000000000000bb';

function feedOf(client: FakeClient, identity: Identity = 'peer', maxEvents = 1_000) {
  const time = new ManualTime();
  const parts = new MeshParts(client, time, { maxEvents, maxBytes: 1_000_000 });
  return { time, parts, totals: parts.totals, feed: new PeerFeed('127.0.0.2:8080', parts, () => identity) };
}

/** Logs events, wakes the feed, and lets it send. */
async function publish({ time, parts, feed }: ReturnType<typeof feedOf>, count: number): Promise<void> {
  parts.append(count);
  feed.wake();
  await time.pass(2);
}

describe('PeerFeed', () => {
  it('counts batches and events as they leave', async () => {
    const fed = feedOf(new FakeClient(takesAll(epoch)));
    await publish(fed, 0);
    expect([fed.totals.batchesSent, fed.totals.eventsSent, fed.feed.state]).toEqual([1, 0, 'in_sync']);
    await publish(fed, 3);
    expect([fed.totals.batchesSent, fed.totals.eventsSent, fed.totals.batchesFailed]).toEqual([2, 3, 0]);
  });

  it('observes the latency of each batch with events, from its oldest one on', async () => {
    const time = new ManualTime();
    const client = new FakeClient(takesAll(epoch));
    const parts = new MeshParts(client, time);
    const feed = new PeerFeed('127.0.0.2:8080', parts, () => 'peer');
    feed.wake();
    await time.pass(1);
    expect(parts.totals.latencyCount).toBe(0);

    client.answer = async (batch, peer) => {
      await parts.timers.sleep(20);
      return takesAll(epoch)(batch, peer) as never;
    };
    parts.append();
    await time.pass(10);
    parts.append();
    feed.wake();
    await time.pass(30);
    expect([parts.totals.latencyCount, parts.totals.latencySumMs]).toEqual([1, 30]);
  });

  it('counts what failed, and sends it again', async () => {
    const client = new FakeClient(takesAll(epoch));
    const fed = feedOf(client);
    await publish(fed, 0);
    client.answer = fails;
    await publish(fed, 2);
    expect(fed.feed).toMatchObject({ state: 'unreachable', lagEvents: 2, lastError: 'connection refused' });
    expect(fed.totals.batchesFailed).toBe(1);
    client.answer = takesAll(epoch);
    await fed.time.pass(1_000);
    expect(fed.feed).toMatchObject({ state: 'in_sync', lagEvents: 0, lastError: undefined });
    expect([fed.totals.eventsSent, fed.totals.latencyCount]).toEqual([4, 1]);
  });

  it('has flushed when the peer has everything, or has failed three times in a row', async () => {
    const client = new FakeClient(takesAll(epoch));
    const fed = feedOf(client);
    await publish(fed, 1);
    expect(fed.feed.isFlushed).toBe(true);
    client.answer = fails;
    await publish(fed, 1);
    expect([fed.totals.batchesFailed, fed.feed.isFlushed]).toEqual([1, false]);
    client.answer = takesAll(epoch);
    await fed.time.pass(50);
    expect([fed.feed.lagEvents, fed.feed.isFlushed]).toEqual([0, true]);
    client.answer = fails;
    await publish(fed, 1);
    await fed.time.pass(150);
    expect([fed.totals.batchesFailed, fed.feed.isFlushed]).toEqual([4, true]);
  });

  it('counts each event once that fell out of the log before the peer had it', async () => {
    const client = new FakeClient(takesAll(epoch));
    const fed = feedOf(client, 'peer', 10);
    await publish(fed, 5);
    client.answer = fails;
    await publish(fed, 25);
    await fed.time.pass(5_000);
    expect(fed.totals.batchesFailed).toBeGreaterThan(3);
    expect(fed.totals.eventsEvicted).toBe(15);
    client.answer = ({ first, events }) => ({
      epoch,
      phase: 'ready',
      outcome: first > 6 ? 'snapshot' : 'applied',
      applied: first > 6 ? 5 : first + events.length - 1,
    });
    await fed.time.pass(1_000);
    await publish(fed, 1);
    expect([fed.totals.eventsEvicted, fed.feed.lagEvents]).toEqual([15, 0]);
  });

  it.each(['itself', 'duplicate'] as const)(
    'sends no event to what is %s, however often it asks',
    async (identity) => {
      const client = new FakeClient(takesAll(epoch));
      const fed = feedOf(client, identity);
      await publish(fed, 0);
      expect(fed.feed).toMatchObject({ state: identity, lagEvents: 0, isFlushed: true });
      for (let minute = 0; minute < 3; minute++) {
        await publish(fed, 2_000);
        await fed.time.pass(60_000);
        fed.feed.beat();
        await fed.time.pass(10);
      }
      expect(client.batches.length).toBe(4);
      expect(client.batches.flatMap(({ events }) => events)).toEqual([]);
      expect([fed.totals.eventsSent, fed.totals.eventsEvicted, fed.totals.latencyCount]).toEqual([0, 0, 0]);
    },
  );
});
