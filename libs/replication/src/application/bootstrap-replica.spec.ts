import { beforeEach, describe, expect, it } from 'vitest';
import { GrowingNumbers, type ReplicaParts, replicaParts } from '#testing';
import type { PeerAddress } from '../domain/peer-address.js';
import { ReceivedCursors } from '../domain/received-cursors.js';
import { BootstrapReplica, type BootstrapOutcome } from './bootstrap-replica.js';
import { CloseGap } from './close-gap.js';
import { EventFeed } from './event-feed.js';
import { FollowDirectory } from './follow-directory.js';
import { LoadSnapshot } from './load-snapshot.js';
import { MergeEvents } from './merge-events.js';
import { Mesh } from './mesh.js';
import { PeerError, type SnapshotStream } from './ports/peer-client.js';
import { RecallHints } from './recall-hints.js';
import { RepairDivergence } from './repair-divergence.js';
import { Replication } from './replication.js';
import { TakeDigest } from './take-digest.js';

const [one, other] = ['10.0.0.1:8080', '10.0.0.2:8080'];
const epoch = 'e'.repeat(16);

describe('a replica that joins', () => {
  let parts: ReplicaParts;
  let mesh: Mesh;
  let closeGap: CloseGap;
  let replication: Replication;
  let lookUp: () => Promise<readonly PeerAddress[]>;
  beforeEach(() => {
    parts = replicaParts();
    const { self, log, client, totals, clock, timers, random, journal, states } = parts;
    mesh = new Mesh(parts);
    const cursors = new ReceivedCursors();
    const mergeEvents = new MergeEvents(states, totals, clock, timers);
    const load = new LoadSnapshot(client, cursors, mergeEvents, totals, clock, journal);
    closeGap = new CloseGap(self, mesh, load, clock);
    lookUp = async () => [one, other].map((peer) => ({ host: peer.slice(0, -5), port: 8080 }));
    const follow = new FollowDirectory({ lookUp: () => lookUp() }, 5_000, mesh, totals, timers, journal);
    const bootstrap = new BootstrapReplica(follow, mesh, load, closeGap, clock, timers, random, 10_000);
    const digests = new TakeDigest(states, clock, timers);
    const repair = new RepairDivergence(
      self,
      mesh,
      client,
      digests,
      load,
      totals,
      clock,
      timers,
      random,
      journal,
    );
    const recallHints = new RecallHints(
      self,
      states,
      mesh,
      client,
      mergeEvents,
      totals,
      clock,
      timers,
      random,
      journal,
    );
    const feed = new EventFeed(log, mesh, clock, timers, true);
    replication = new Replication(self, follow, feed, bootstrap, repair, recallHints);
  });

  /** @returns how the join went, and when; undefined while it lasts */
  const joining = () => {
    const startedMs = parts.clock.nowMs();
    const end: { outcome?: BootstrapOutcome; tookMs?: number } = {};
    const join = async () => {
      end.outcome = await replication.join('127.0.0.1:8080', ({ host }) => host === '127.0.0.1');
      end.tookMs = parts.clock.nowMs() - startedMs;
    };
    void join();
    return end;
  };
  const snapshotOf = (...names: readonly string[]): SnapshotStream => ({
    header: { epoch, cursors: new Map() },
    chunks: (async function* () {
      for (const name of names) yield [{ kind: 'numbers', ageMs: 0, unchangedMs: 0, state: [name, 1] }];
    })(),
  });
  const phaseOfAll = (phase: 'starting' | 'ready' | 'draining') => {
    parts.client.onBatch = (peer, { first, events }) => ({
      epoch: peer === one ? '1'.repeat(16) : '2'.repeat(16),
      phase,
      outcome: 'applied',
      applied: first + events.length - 1,
    });
  };
  const isReady = () => parts.self.phase === 'ready';

  it('alone is ready at once', async () => {
    lookUp = async () => [{ host: '127.0.0.1', port: 8080 }];
    const end = joining();
    await parts.timers.advance(20);
    expect(end).toEqual({ outcome: 'alone', tookMs: expect.any(Number) });
    expect(end.tookMs).toBeLessThanOrEqual(10);
    expect([isReady(), parts.self.isDegraded]).toEqual([true, false]);
  });

  it('loads a snapshot of one ready peer, and is ready then', async () => {
    parts.client.onSnapshot = () => snapshotOf('a', 'b');
    const end = joining();
    expect([isReady(), parts.self.address]).toEqual([false, '127.0.0.1:8080']);
    await parts.timers.advance(20);
    expect(end.outcome).toBe('loaded');
    expect(parts.numbers.values).toEqual({ a: 1, b: 1 });
    expect(parts.client.snapshotRequests).toHaveLength(1);
    expect([isReady(), parts.self.isDegraded]).toEqual([true, false]);
  });

  it('asks the next peer where one fails or is not ready', async () => {
    parts.client.onSnapshot = (peer) => {
      // The one in the middle of two is the second.
      if (peer === other) throw new PeerError('cut off');
      return snapshotOf('a');
    };
    const end = joining();
    await parts.timers.advance(20);
    expect(parts.client.snapshotRequests.map(({ peer }) => peer)).toEqual([other, one]);
    expect(end.outcome).toBe('loaded');
  });

  it('waits for what came since the snapshot was begun, a second at most', async () => {
    parts.client.onSnapshot = () => snapshotOf('a');
    closeGap.onGap(epoch, one, 'gap');
    const end = joining();
    await parts.timers.advance(500);
    expect(end).toEqual({});
    closeGap.onClosed(epoch);
    await parts.timers.advance(10);
    expect(end.outcome).toBe('loaded');
  });

  it('does not wait for ever for a gap to close', async () => {
    parts.client.onSnapshot = () => snapshotOf('a');
    closeGap.onGap(epoch, one, 'gap');
    const end = joining();
    await parts.timers.advance(1_100);
    expect(end.outcome).toBe('loaded');
  });

  it('among others that start, too, is ready as soon as all have said so', async () => {
    phaseOfAll('starting');
    const end = joining();
    await parts.timers.advance(20);
    expect(end.outcome).toBe('nobody-ready');
    expect([isReady(), parts.self.isDegraded, parts.client.snapshotRequests]).toEqual([true, false, []]);
  });

  it('waits for peers that do not answer, 3 s at most', async () => {
    parts.client.onBatch = () => new Promise(() => {});
    const end = joining();
    await parts.timers.advance(2_990);
    expect(end).toEqual({});
    await parts.timers.advance(20);
    expect(end.outcome).toBe('nobody-ready');
  });

  it('does not wait for the silent where another is ready', async () => {
    const { onBatch } = parts.client;
    parts.client.onBatch = (peer, batch) => (peer === one ? new Promise(() => {}) : onBatch(peer, batch));
    parts.client.onSnapshot = () => snapshotOf('a');
    const end = joining();
    await parts.timers.advance(20);
    expect(end.outcome).toBe('loaded');
  });

  it('is degraded where the directory can’t tell within 3 s', async () => {
    lookUp = () => Promise.reject(new Error('SERVFAIL'));
    const end = joining();
    await parts.timers.advance(2_990);
    expect(end).toEqual({});
    await parts.timers.advance(20);
    expect(end.outcome).toBe('directory-silent');
    expect([isReady(), parts.self.isDegraded]).toEqual([true, true]);
  });

  it('goes on with whoever greets where the directory can’t tell', async () => {
    lookUp = () => new Promise(() => {});
    parts.client.onSnapshot = () => snapshotOf('a');
    const end = joining();
    mesh.hear(one);
    await parts.timers.advance(3_020);
    expect(end.outcome).toBe('loaded');
  });

  it('is degraded where a snapshot takes too long, which goes on behind it', async () => {
    let go = (): void => {};
    const gate = new Promise<void>((resolve) => (go = resolve));
    parts.client.onSnapshot = () => ({
      header: { epoch, cursors: new Map() },
      chunks: (async function* () {
        yield [{ kind: 'numbers', ageMs: 0, unchangedMs: 0, state: ['a', 1] }];
        await gate;
        yield [{ kind: 'numbers', ageMs: 0, unchangedMs: 0, state: ['b', 1] }];
      })(),
    });
    const end = joining();
    await parts.timers.advance(9_999);
    expect(end).toEqual({});
    await parts.timers.advance(1);
    expect(end).toEqual({ outcome: 'timed-out', tookMs: 10_000 });
    expect([isReady(), parts.self.isDegraded, parts.numbers.values]).toEqual([true, true, { a: 1 }]);
    go();
    await parts.timers.advance(0);
    expect(parts.numbers.values).toEqual({ a: 1, b: 1 });
  });

  it('tries again where all snapshots failed of peers that are ready: it must not begin with nothing', async () => {
    let failures = 5;
    parts.client.onSnapshot = () => {
      if (failures-- > 0) throw new PeerError('status 429');
      return snapshotOf('a');
    };
    const end = joining();
    await parts.timers.advance(400);
    expect([end, isReady()]).toEqual([{}, false]);
    await parts.timers.advance(400);
    expect([end.outcome, parts.numbers.values]).toEqual(['loaded', { a: 1 }]);
  });

  it('is degraded where all snapshots fail, and gives up then', async () => {
    parts.client.onSnapshot = () => {
      throw new PeerError('status 429');
    };
    const end = joining();
    await parts.timers.advance(10_000);
    expect([end.outcome, parts.self.isDegraded]).toEqual(['timed-out', true]);
    await parts.timers.advance(500);
    const { length } = parts.client.snapshotRequests;
    await parts.timers.advance(5_000);
    expect(parts.client.snapshotRequests).toHaveLength(length);
  });

  it('does not wait for a donor that has died, beyond the first round', async () => {
    parts.client.onSnapshot = () => {
      parts.client.onBatch = () => Promise.reject(new PeerError('refused'));
      throw new PeerError('cut off');
    };
    const end = joining();
    await parts.timers.advance(4_000);
    expect(end.outcome).toBe('nobody-ready');
    expect(end.tookMs).toBeGreaterThanOrEqual(3_000);
  });

  describe('where there are hints', () => {
    let hints: GrowingNumbers;
    let giveHints: () => void;
    beforeEach(() => {
      hints = new GrowingNumbers(parts.clock, 'hints', false);
      parts.states.add(hints);
      const given = new Promise<void>((resolve) => (giveHints = resolve));
      const eventOf = (name: string) => ({ kind: 'hints', ageMs: 0, unchangedMs: 0, state: [name, 1] });
      parts.client.onSnapshot = (_peer, request) => {
        if (request.hints !== true) return snapshotOf('a');
        const chunks = async function* () {
          yield [eventOf('first')];
          await given;
          yield [eventOf('second')];
        };
        return { header: { epoch, cursors: new Map() }, chunks: chunks() };
      };
    });

    it('is ready before it asks for them', async () => {
      const end = joining();
      await parts.timers.advance(20);
      expect([end.outcome, isReady(), parts.numbers.values]).toEqual(['loaded', true, { a: 1 }]);
      expect(parts.client.snapshotRequests).toMatchObject([{}, { hints: true }]);
      giveHints();
      await parts.timers.advance(10);
      expect(hints.merged).toEqual(['first', 'second']);
    });

    it('takes no more of them once it drains', async () => {
      joining();
      await parts.timers.advance(20);
      expect(hints.merged).toEqual(['first']);
      replication.drain();
      giveHints();
      await parts.timers.advance(60_000);
      expect(hints.merged).toEqual(['first']);
      expect(parts.journal.types).not.toContain('hints-loaded');
    });
  });

  it('compares itself with others once it is ready', async () => {
    parts.client.onSnapshot = () => snapshotOf('a');
    joining();
    await parts.timers.advance(20);
    expect(parts.client.digestRequests).toEqual([]);
    await parts.timers.advance(2_500);
    expect(parts.client.digestRequests.length).toBeGreaterThan(0);
  });

  it('does not become ready where it was told to go meanwhile', async () => {
    parts.client.onBatch = () => new Promise(() => {});
    const end = joining();
    await parts.timers.advance(100);
    replication.drain();
    await parts.timers.advance(10_000);
    expect([end.outcome, parts.self.phase, parts.client.digestRequests]).toEqual([
      'nobody-ready',
      'draining',
      [],
    ]);
  });

  describe('and leaves', () => {
    beforeEach(async () => {
      parts.client.onSnapshot = () => snapshotOf('a');
      joining();
      await parts.timers.advance(50);
      parts.client.batches.length = 0;
    });
    const publish = () =>
      parts.log.append({ kind: 'numbers', state: '["z",1]', sinceMs: 0, loggedMs: parts.clock.nowMs() });

    it('tells its peers what they lack, then falls silent', async () => {
      publish();
      let isFlushed: boolean | undefined;
      void replication.leave(5_000).then((value) => (isFlushed = value));
      expect(parts.self.phase).toBe('draining');
      mesh.wake();
      await parts.timers.advance(10);
      expect(isFlushed).toBe(true);
      expect(parts.client.batches.map(({ peer, events }) => [peer, events.length])).toEqual([
        [one, 1],
        [other, 1],
      ]);
      await parts.timers.advance(60_000);
      expect(parts.client.batches).toHaveLength(2);
      expect(parts.client.forgotten).toEqual([one, other]);
      expect(parts.timers.waiting).toBe(0);
    });

    it('gives up in time where a peer hangs', async () => {
      parts.client.onBatch = () => new Promise(() => {});
      publish();
      mesh.wake();
      let isFlushed: boolean | undefined;
      void replication.leave(5_000).then((value) => (isFlushed = value));
      await parts.timers.advance(4_999);
      expect(isFlushed).toBeUndefined();
      await parts.timers.advance(10);
      expect(isFlushed).toBe(false);
      expect(parts.client.forgotten).toEqual([one, other]);
    });
  });
});
