import { beforeEach, describe, expect, it } from 'vitest';
import { type ReplicaParts, replicaParts } from '#testing';
import { EventFeed } from './event-feed.js';
import { Mesh } from './mesh.js';
import type { BatchAnswer } from './ports/peer-client.js';

const [one, other] = ['10.0.0.1:8080', '10.0.0.2:8080'];

describe('EventFeed', () => {
  let parts: ReplicaParts;
  let mesh: Mesh;
  let feed: EventFeed;
  beforeEach(() => {
    parts = replicaParts();
    mesh = new Mesh(parts);
    feed = new EventFeed(parts.log, mesh, parts.clock, parts.timers, false);
  });

  const publish = () => feed.publish('numbers', '["a",1]', parts.clock.nowMs() - 7);
  const meet = async (...peers: readonly string[]) => {
    for (const peer of peers) mesh.hear(peer);
    await parts.timers.advance(0);
    parts.client.batches.length = 0;
  };
  /** @returns what the flush came to, and when; undefined while it lasts */
  const flushing = (timeoutMs = 5_000) => {
    const startedMs = parts.clock.nowMs();
    const outcome: { isFlushed?: boolean; tookMs?: number } = {};
    const flush = async () => {
      outcome.isFlushed = await feed.flush(timeoutMs);
      outcome.tookMs = parts.clock.nowMs() - startedMs;
    };
    void flush();
    return outcome;
  };

  it('is wanted where peers are expected, or have ever been', () => {
    expect(feed.isWanted).toBe(false);
    expect(new EventFeed(parts.log, mesh, parts.clock, parts.timers, true).isWanted).toBe(true);
    mesh.hear(one);
    expect(feed.isWanted).toBe(true);
  });

  it('logs an event and sends it to all peers, not at once', async () => {
    await meet(one, other);
    publish();
    expect(parts.client.batches).toEqual([]);
    await parts.timers.advance(0);
    const loggedMs = parts.clock.nowMs();
    const event = { kind: 'numbers', state: '["a",1]', sinceMs: loggedMs - 7, loggedMs };
    expect(parts.client.batches).toMatchObject([
      { peer: one, first: 1, events: [event] },
      { peer: other, first: 1, events: [event] },
    ]);
  });

  it('is not slowed by a peer that hangs, nor are others', async () => {
    const { onBatch } = parts.client;
    parts.client.onBatch = (peer, batch) => (peer === one ? new Promise(() => {}) : onBatch(peer, batch));
    await meet(one, other);
    for (let i = 0; i < 3; i++) {
      publish();
      await parts.timers.advance(1);
    }
    expect(parts.client.batches.map(({ peer }) => peer)).toEqual([other, other, other]);
  });

  it('beats while it runs', async () => {
    await meet(one);
    feed.start();
    await parts.timers.advance(3_500);
    expect(parts.client.batches).toHaveLength(3);
    feed.stop();
    await parts.timers.advance(5_000);
    expect(parts.client.batches).toHaveLength(3);
    expect(parts.timers.waiting).toBe(0);
  });

  describe('flush', () => {
    it('is over at once where there is nobody, or nothing to send', async () => {
      publish();
      const alone = flushing();
      await parts.timers.advance(0);
      expect(alone).toEqual({ isFlushed: true, tookMs: 0 });
      await meet(one);
      const inSync = flushing();
      await parts.timers.advance(0);
      expect(inSync.isFlushed).toBe(true);
    });

    it('is over where there is nothing to send to a peer that has not answered yet', async () => {
      parts.client.onBatch = () => new Promise(() => {});
      await meet(one);
      const outcome = flushing();
      await parts.timers.advance(0);
      expect(outcome.isFlushed).toBe(true);
    });

    it('waits for every peer to acknowledge, those too that have not answered before', async () => {
      await meet(one);
      const answers: (() => void)[] = [];
      const { onBatch } = parts.client;
      parts.client.onBatch = async (peer, batch) => {
        await new Promise<void>((resolve) => answers.push(resolve));
        // The other one is new, and has nothing.
        if (peer === other && batch.events.length === 0)
          return { ...((await onBatch(peer, batch)) as BatchAnswer), outcome: 'gap', applied: 0 };
        return onBatch(peer, batch);
      };
      publish();
      mesh.hear(other);
      const outcome = flushing();
      await parts.timers.advance(1_000);
      expect(outcome).toEqual({});
      while (answers.length > 0) {
        expect(outcome).toEqual({});
        answers.shift()!();
        await parts.timers.advance(0);
      }
      await parts.timers.advance(5);
      expect(outcome.isFlushed).toBe(true);
      expect(parts.client.batches.map(({ peer, events }) => [peer, events.length])).toEqual([
        [one, 1],
        [other, 0],
        [other, 1],
      ]);
    });

    it('ends in time where a peer hangs, and says so', async () => {
      await meet(one);
      parts.client.onBatch = () => new Promise(() => {});
      publish();
      const outcome = flushing(200);
      await parts.timers.advance(1_000);
      expect(outcome).toEqual({ isFlushed: false, tookMs: 200 });
    });

    it('tries a peer again whose connection was cut', async () => {
      await meet(one);
      const { onBatch } = parts.client;
      let failures = 2;
      parts.client.onBatch = (peer, batch) => {
        if (failures-- > 0) throw new Error('reset');
        return onBatch(peer, batch);
      };
      publish();
      const outcome = flushing();
      await parts.timers.advance(1_000);
      expect(outcome).toEqual({ isFlushed: true, tookMs: expect.any(Number) });
      expect(outcome.tookMs).toBeGreaterThanOrEqual(75);

      expect(parts.client.batches.at(-1)).toMatchObject({ first: 1, events: [{ state: '["a",1]' }] });
      expect(parts.log.next).toBe(2);
    });

    it('tries a peer once more that was dead, and gives one up that dies', async () => {
      parts.client.onBatch = () => {
        throw new Error('refused');
      };
      publish();
      await meet(one);
      await parts.timers.advance(30_000);
      const before = parts.client.batches.length;
      const outcome = flushing();
      await parts.timers.advance(5_000);
      expect(outcome.isFlushed).toBe(true);
      expect(outcome.tookMs).toBeGreaterThan(0);
      expect(outcome.tookMs).toBeLessThanOrEqual(1_005);
      expect(parts.client.batches.length).toBeGreaterThan(before);
      await meet(other);
      const secondOutcome = flushing();
      await parts.timers.advance(5_000);
      expect(secondOutcome.isFlushed).toBe(true);
    });
  });
});
