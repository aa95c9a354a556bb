import { beforeEach, describe, expect, it } from 'vitest';
import { type ReplicaParts, replicaParts } from '#testing';
import { PeerFeed, type Identity } from './peer-feed.js';
import type { BatchAnswer } from './ports/peer-client.js';

const peer = '10.0.0.1:8080';
const epoch = 'e'.repeat(16);

describe('PeerFeed', () => {
  let parts: ReplicaParts;
  let feed: PeerFeed;
  let identity: Identity;
  /** Batches whose answers are held back, in their order. */
  let waiting: ((answer: Partial<BatchAnswer> | Error) => void)[];
  beforeEach(() => {
    parts = replicaParts({ maxEvents: 5_000, maxBytes: 1e9 });
    identity = 'peer';
    waiting = [];
    feed = new PeerFeed(peer, parts, () => identity);
  });

  const sent = () => parts.client.batches.map(({ first, events }) => [first, events.length]);
  const publish = (count = 1, state = '1') => {
    for (let i = 0; i < count; i++) {
      parts.log.append({
        kind: 'numbers',
        state,
        sinceMs: parts.clock.nowMs(),
        loggedMs: parts.clock.nowMs(),
      });
      feed.wake();
    }
  };
  /** The peer has everything that the log has had so far. */
  const meet = async () => {
    feed.wake();
    await parts.timers.advance(0);
    parts.client.batches.length = 0;
  };
  /** From now on answers come when the test says. */
  const holdAnswers = () => {
    parts.client.onBatch = (_peer, { first, events }) =>
      new Promise((resolve, reject) => {
        waiting.push((given) => {
          const whole = {
            epoch,
            phase: 'ready',
            outcome: 'applied',
            applied: first + events.length - 1,
          } as const;
          if (given instanceof Error) reject(given);
          else resolve({ ...whole, ...given });
        });
      });
  };
  const answer = async (given: Partial<BatchAnswer> | Error = {}) => {
    waiting.shift()!(given);
    await parts.timers.advance(0);
  };

  it('asks a peer that it does not know how far it is, then sends from there', async () => {
    publish(3);
    holdAnswers();
    await parts.timers.advance(0);
    expect(sent()).toEqual([[4, 0]]);
    expect([feed.state, feed.isSettled, feed.isReady, feed.lagEvents]).toEqual([
      'connecting',
      false,
      false,
      3,
    ]);
    await answer({ outcome: 'gap', applied: 1 });
    expect(sent()).toEqual([
      [4, 0],
      [2, 2],
    ]);
    await answer();
    expect([feed.state, feed.isSettled, feed.isReady, feed.lagEvents, feed.epoch]).toEqual([
      'in_sync',
      true,
      true,
      0,
      epoch,
    ]);
    expect(sent()).toHaveLength(2);
  });

  it('says who it is, and how far back it can go', async () => {
    parts = replicaParts({ maxEvents: 2, maxBytes: 1e9 });
    feed = new PeerFeed(peer, parts, () => identity);
    publish(5);
    await parts.timers.advance(0);
    expect(parts.client.batches[0]).toEqual({
      peer,
      origin: parts.self.address,
      epoch: parts.self.epoch,
      first: 6,
      oldest: 4,
      events: [],
    });
  });

  it('sends at once what comes in one turn, as one batch', async () => {
    await meet();
    publish(3);
    expect(sent()).toEqual([]);
    await parts.timers.advance(0);
    expect(sent()).toEqual([[1, 3]]);
    expect([parts.totals.batchesSent, parts.totals.eventsSent]).toEqual([2, 3]);
  });

  it('has one batch under way, and sends what came meanwhile when the answer comes', async () => {
    await meet();
    holdAnswers();
    publish();
    await parts.timers.advance(0);
    for (let i = 0; i < 5; i++) {
      publish();
      feed.beat();
      await parts.timers.advance(100);
    }
    expect(sent()).toEqual([[1, 1]]);
    await answer();
    expect(sent()).toEqual([
      [1, 1],
      [2, 5],
    ]);
  });

  it('sends 1,000 events at a time, or 256 KiB', async () => {
    await meet();
    publish(2_500);
    await parts.timers.advance(10);
    expect(sent()).toEqual([
      [1, 1_000],
      [1_001, 1_000],
      [2_001, 500],
    ]);
    publish(10, 'x'.repeat(64 * 1024));
    await parts.timers.advance(20);
    expect(sent().slice(3)).toEqual([
      [2_501, 3],
      [2_504, 3],
      [2_507, 3],
      [2_510, 1],
    ]);
  });

  it('waits a millisecond for company where events come fast, and not where they do not', async () => {
    await meet();
    for (let times = 0; times < 200; times++) {
      publish(3);
      await parts.timers.advance(4);
    }
    parts.client.batches.length = 0;
    publish();
    await parts.timers.advance(0);
    expect(sent()).toEqual([]);
    publish();
    await parts.timers.advance(1);
    expect(sent().map(([, events]) => events)).toEqual([2]);
    await parts.timers.advance(5_000);
    publish();
    await parts.timers.advance(2);
    parts.client.batches.length = 0;
    publish();
    await parts.timers.advance(0);
    expect(sent()).toHaveLength(1);
  });

  it('shows an idle peer every second that it is there', async () => {
    await meet();
    for (let beats = 0; beats < 35; beats++) {
      await parts.timers.advance(100);
      feed.beat();
    }
    await parts.timers.advance(0);
    expect(sent()).toEqual([
      [1, 0],
      [1, 0],
      [1, 0],
    ]);
  });

  it('asks a peer that fetches a snapshot at every beat', async () => {
    publish(2);
    holdAnswers();
    await parts.timers.advance(0);
    await answer({ outcome: 'snapshot', applied: 0 });
    expect([feed.state, feed.lagEvents]).toEqual(['behind', 0]);
    for (let beats = 0; beats < 3; beats++) {
      await parts.timers.advance(100);
      feed.beat();
      await parts.timers.advance(0);
      await answer({ outcome: 'snapshot', applied: 0 });
    }
    expect(sent()).toEqual([
      [3, 0],
      [3, 0],
      [3, 0],
      [3, 0],
    ]);
  });

  it('is behind where an event waits for more than a second', async () => {
    await meet();
    holdAnswers();
    publish();
    await parts.timers.advance(1_000);
    expect([feed.state, feed.lagMs]).toEqual(['in_sync', 1_000]);
    await parts.timers.advance(1);
    expect([feed.state, feed.lagMs]).toEqual(['behind', 1_001]);
  });

  it('counts latencies from the oldest event of a batch to its answer', async () => {
    await meet();
    holdAnswers();
    publish();
    await parts.timers.advance(3);
    publish();
    await parts.timers.advance(4);
    await answer();
    await parts.timers.advance(9);
    await answer();
    expect(parts.totals.latencySumMs).toBe(7 + 13);
  });

  describe('after a failure', () => {
    const failed = new Error('no answer');

    it('sends the same again after a back-off, and tells of it once', async () => {
      await meet();
      holdAnswers();
      publish();
      await parts.timers.advance(0);
      await answer(failed);
      expect([feed.state, feed.isReady, feed.lastError, feed.lagEvents]).toEqual([
        'unreachable',
        false,
        'no answer',
        1,
      ]);
      await parts.timers.advance(24);
      feed.wake();
      feed.beat();
      expect(sent()).toHaveLength(1);
      await parts.timers.advance(1);
      expect(sent()).toEqual([
        [1, 1],
        [1, 1],
      ]);
      await answer(failed);
      await parts.timers.advance(49);
      expect(sent()).toHaveLength(2);
      await parts.timers.advance(1);
      await answer();
      expect([feed.state, feed.isReady, feed.lastError]).toEqual(['in_sync', true, undefined]);
      expect([parts.totals.batchesSent, parts.totals.batchesFailed, parts.totals.eventsSent]).toEqual([
        4, 2, 3,
      ]);
      expect(parts.journal.types.filter((type) => type === 'peer-unreachable')).toHaveLength(1);
    });

    it('is settled: what can be known of the peer is known', async () => {
      holdAnswers();
      feed.wake();
      await parts.timers.advance(0);
      expect(feed.isSettled).toBe(false);
      await answer(failed);
      expect(feed.isSettled).toBe(true);
    });
  });

  it.each([
    ['gap', 5],
    ['gap', 0],
    ['applied', 0],
  ] as const)(
    'does not send for ever to a peer that answers %s %i whatever it gets',
    async (outcome, applied) => {
      await meet();
      parts.client.onBatch = () => ({ epoch, phase: 'ready', outcome, applied });
      publish(3);
      await parts.timers.advance(10_000);
      expect(sent().length).toBeLessThan(30);
      expect(feed.state).toBe('unreachable');
      expect(feed.lastError).toMatch(/^it answers (gap|applied) \d to 3 events from 1 on$/);
    },
  );

  describe('that is held, since its address is this replica’s or a second one', () => {
    beforeEach(async () => {
      await meet();
      identity = 'duplicate';
      publish();
      await parts.timers.advance(0);
      parts.client.batches.length = 0;
    });

    it('sends nothing, and counts for nothing', async () => {
      publish(7);
      for (let beats = 0; beats < 590; beats++) {
        await parts.timers.advance(100);
        feed.beat();
      }
      expect(sent()).toEqual([]);
      expect([feed.state, feed.isReady, feed.lagEvents, feed.lagMs, feed.isFlushed, feed.epoch]).toEqual([
        'duplicate',
        false,
        0,
        0,
        true,
        undefined,
      ]);
    });

    it('asks once a minute who is there, without events', async () => {
      const { latencySumMs } = parts.totals;
      publish(7);
      for (let beats = 0; beats < 1_300; beats++) {
        await parts.timers.advance(100);
        feed.beat();
      }
      await parts.timers.advance(0);
      expect(sent()).toEqual([
        [9, 0],
        [9, 0],
      ]);
      expect(parts.totals.latencySumMs).toBe(latencySumMs);
      expect(parts.journal.types).toEqual(['peer-answers', 'peer-is-duplicate']);
    });

    it('goes on where a peer is that has come to its address', async () => {
      publish(7);
      await parts.timers.advance(60_000);
      identity = 'peer';
      let has = 0;
      parts.client.onBatch = (_peer, { first, events }) => {
        if (first <= has + 1) has = Math.max(has, first + events.length - 1);
        return {
          epoch: 'f'.repeat(16),
          phase: 'ready',
          outcome: first > has + 1 ? 'gap' : 'applied',
          applied: has,
        };
      };
      feed.wake();
      await parts.timers.advance(0);
      expect(sent()).toEqual([
        [9, 0],
        [1, 8],
      ]);
      expect([feed.state, feed.epoch, has]).toEqual(['in_sync', 'f'.repeat(16), 8]);
    });
  });

  it('gives another process at the address what it lacks', async () => {
    publish(4);
    await meet();
    holdAnswers();
    publish();
    await parts.timers.advance(0);
    await answer({ epoch: 'f'.repeat(16), outcome: 'gap', applied: 0 });
    expect(sent()).toEqual([
      [5, 1],
      [1, 5],
    ]);
    expect(parts.journal.types).toEqual(['peer-answers', 'peer-answers']);
  });

  it('follows the peer’s life: only a ready one gives snapshots', async () => {
    holdAnswers();
    for (const phase of ['starting', 'ready', 'draining'] as const) {
      feed.wake();
      await parts.timers.advance(0);
      await answer({ phase });
      expect(feed.isReady).toBe(phase === 'ready');
    }
  });

  it('ends at once: what waits is not sent, and an answer under way changes nothing', async () => {
    await meet();
    publish();
    feed.stop();
    await parts.timers.advance(100);
    expect(sent()).toEqual([]);
    feed = new PeerFeed(peer, parts, () => identity);
    holdAnswers();
    feed.wake();
    await parts.timers.advance(0);
    feed.stop();
    await answer(new Error('cut'));
    feed.wake();
    feed.beat();
    await parts.timers.advance(2_000);
    expect(sent()).toHaveLength(1);
    expect(parts.client.forgotten).toEqual([peer, peer]);
  });
});
