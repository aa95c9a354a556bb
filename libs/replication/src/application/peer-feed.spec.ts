import { describe, expect, it } from 'vitest';
import { FakeClient, takesAll } from '../../test-support/fake-client.js';
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
      expect([fed.totals.eventsSent, fed.totals.latencyCount]).toEqual([0, 0]);
    },
  );
});
