import { beforeEach, describe, expect, it } from 'vitest';
import { GrowingNumbers, type ReplicaParts, replicaParts } from '#testing';
import { ReceivedCursors } from '../domain/received-cursors.js';
import { StateDigest } from '../domain/state-digest.js';
import { LoadSnapshot } from './load-snapshot.js';
import { MergeEvents } from './merge-events.js';
import { Mesh } from './mesh.js';
import { PeerError, type DigestAnswer } from './ports/peer-client.js';
import { RepairDivergence } from './repair-divergence.js';
import { TakeDigest } from './take-digest.js';

const peer = '10.0.0.1:8080';
const bucketOf = (name: string) => name.charCodeAt(0);

describe('RepairDivergence', () => {
  let parts: ReplicaParts;
  let mesh: Mesh;
  let theirs: GrowingNumbers;
  let repair: RepairDivergence;
  let takeDigest: TakeDigest;
  beforeEach(async () => {
    parts = replicaParts();
    parts.self.becomeReady(false);
    mesh = new Mesh(parts);
    theirs = new GrowingNumbers(parts.clock);
    takeDigest = new TakeDigest(parts.states, parts.clock, parts.timers);
    const mergeEvents = new MergeEvents(parts.states, parts.totals, parts.clock, parts.timers);
    const { self, client, totals, clock, timers, random, journal } = parts;
    const load = new LoadSnapshot(client, new ReceivedCursors(), mergeEvents, totals, clock, journal);
    repair = new RepairDivergence(
      self,
      mesh,
      client,
      takeDigest,
      load,
      totals,
      clock,
      timers,
      random,
      journal,
    );
    parts.client.onDigest = (_peer, request) => digestOf(theirs, request);
    parts.client.onSnapshot = (_peer, { buckets, youngerThanMs }) => ({
      header: { epoch: 'e'.repeat(16), cursors: new Map() },
      chunks: (async function* () {
        for (const slice of theirs.states({ buckets: buckets && new Set(buckets), youngerThanMs })) {
          yield slice.map(({ state, sinceMs, changedMs }) => ({
            kind: 'numbers',
            ageMs: parts.clock.nowMs() - sinceMs,
            unchangedMs: parts.clock.nowMs() - changedMs,
            state: JSON.parse(state) as unknown,
          }));
        }
      })(),
    });
    mesh.hear(peer);
    await parts.timers.advance(0);
  });

  const digestOf = (
    of: GrowingNumbers,
    { agoMs, youngerThanMs }: { agoMs: number; youngerThanMs: number },
  ): DigestAnswer => {
    const digest = new StateDigest();
    const covered = Math.min(youngerThanMs, of.horizonMs);
    const window = { asOfMs: parts.clock.nowMs() - agoMs, youngerThanMs: covered, settledForMs: 2_000 };
    for (const _ of of.digest(digest, window));
    return { youngerThanMs: covered, digest: digest.toText() };
  };
  const start = async (waitMs = 0) => {
    await parts.timers.advance(2_000);
    repair.start();
    await parts.timers.advance(2_500 + waitMs);
  };
  const looks = () => parts.client.digestRequests.length;
  const fetched = () => parts.client.snapshotRequests.map(({ buckets }) => buckets);

  it('begins at a random point of the interval, then compares every 5 s', async () => {
    repair.start();
    await parts.timers.advance(2_499);
    expect(looks()).toBe(0);
    await parts.timers.advance(1);
    expect(looks()).toBe(1);
    await parts.timers.advance(4_999);
    expect(looks()).toBe(1);
    await parts.timers.advance(1);
    expect([looks(), parts.totals.repairRounds]).toEqual([2, 2]);
  });

  it('fetches nothing from a peer that knows the same', async () => {
    parts.numbers.set('a', 1);
    theirs.set('a', 1);
    await start();
    expect([looks(), fetched()]).toEqual([1, []]);
  });

  it('looks twice, then fetches the buckets that differed both times', async () => {
    theirs.set('a', 1);
    theirs.set('b', 2);
    parts.numbers.set('c', 3);
    await start(299);
    expect([looks(), fetched()]).toEqual([1, []]);
    await parts.timers.advance(1);
    expect([looks(), fetched()]).toEqual([2, [['a', 'b', 'c'].map(bucketOf)]]);
    expect(parts.numbers.values).toEqual({ a: 1, b: 2, c: 3 });
    expect([parts.totals.bucketsDiverged, parts.totals.statesRepaired]).toEqual([3, 2]);
    expect(parts.journal.news.at(-1)).toEqual({ type: 'repaired', peer, buckets: 3, states: 2 });
  });

  it('does not fetch what is the same by the second look', async () => {
    theirs.set('a', 1);
    await start();
    parts.numbers.merge(parts.numbers.parse(['a', 1], { ageMs: 2_500, unchangedMs: 2_500 }));
    await parts.timers.advance(3_000);
    expect([looks(), fetched(), parts.totals.bucketsDiverged]).toEqual([2, [], 0]);
  });

  it('looks on while fewer and fewer differ, and fetches those that stay', async () => {
    for (const name of 'abc') theirs.set(name, 1);
    await start();
    const settle = (name: string) =>
      parts.numbers.merge(parts.numbers.parse([name, 1], { ageMs: 9_000, unchangedMs: 9_000 }));
    settle('a');
    theirs.merge(theirs.parse(['x', 1], { ageMs: 9_000, unchangedMs: 9_000 }));
    await parts.timers.advance(300);
    expect([looks(), fetched()]).toEqual([2, []]);
    settle('b');
    await parts.timers.advance(300);
    expect([looks(), fetched()]).toEqual([3, []]);
    await parts.timers.advance(300);
    expect([looks(), fetched()]).toEqual([4, [[bucketOf('c')]]]);
    await parts.timers.advance(1_000);
    expect(looks()).toBe(4);
  });

  it('looks five times at most', async () => {
    for (const name of 'abcdefgh') theirs.set(name, 1);
    await start();
    for (const name of 'abcdefgh') {
      parts.numbers.merge(parts.numbers.parse([name, 1], { ageMs: 9_000, unchangedMs: 9_000 }));
      await parts.timers.advance(300);
    }
    expect([looks(), fetched()]).toEqual([5, [['e', 'f', 'g', 'h'].map(bucketOf)]]);
  });

  it('asks for the moment of its own digest', async () => {
    const { execute } = takeDigest;
    takeDigest.execute = async (request) => {
      const taken = await execute.call(takeDigest, request);
      parts.clock.advance(7);
      return taken;
    };
    await start();
    expect(parts.client.digestRequests).toEqual([{ peer, agoMs: 7, youngerThanMs: 600_000 }]);
  });

  it('finds no difference in what the other has begun to forget', async () => {
    parts.numbers.set('old', 1);
    await parts.timers.advance(4_000);
    parts.numbers.set('young', 1);
    theirs.set('young', 1);
    theirs.horizonMs = 8_000;
    await start(1_000);
    expect([looks(), fetched()]).toEqual([1, []]);
  });

  it('fetches no more than both remember', async () => {
    theirs.horizonMs = 9_000;
    theirs.set('a', 1);
    await start(300);
    expect(parts.client.snapshotRequests).toEqual([{ peer, buckets: [bucketOf('a')], youngerThanMs: 9_000 }]);
  });

  it.each<[string, () => void]>([
    [
      'a peer that does not answer',
      () => (parts.client.onDigest = () => Promise.reject(new PeerError('no answer'))),
    ],
    ['a digest that is none', () => (parts.client.onDigest = () => ({ youngerThanMs: 1, digest: 'x' }))],
    [
      'a snapshot that is cut off',
      () => {
        theirs.set('a', 1);
        parts.client.onSnapshot = () => Promise.reject(new PeerError('cut off'));
      },
    ],
    [
      'a state that fails to be summed up',
      () => {
        parts.numbers.digest = () => {
          throw new Error('broken');
        };
      },
    ],
  ])('goes on with the next round after %s', async (_name, breakIt) => {
    breakIt();
    await start(11_000);
    expect(parts.totals.repairRounds).toBe(3);
    expect(parts.journal.types.filter((type) => type === 'repair-failed').length).toBeGreaterThanOrEqual(2);
  });

  it('takes a peer that is no longer ready for no difference', async () => {
    theirs.set('a', 1);
    parts.client.onDigest = () => 'not-ready';
    await start(300);
    expect([looks(), fetched(), parts.journal.types.includes('repair-failed')]).toEqual([1, [], false]);
  });

  it('compares with no one before this replica is ready, nor once it drains', async () => {
    parts.self.drain();
    await start(10_000);
    expect([looks(), parts.totals.repairRounds]).toEqual([0, 0]);
  });

  it('hurries where another process answers at a peer’s address, after the round that is under way', async () => {
    theirs.set('a', 1);
    await start();
    const otherProcess = async (epoch: string) => {
      parts.client.onBatch = (_peer, { first, events }) => ({
        epoch,
        phase: 'ready',
        outcome: 'applied',
        applied: first + events.length - 1,
      });
      await parts.timers.advance(0);
      mesh.beat();
      await parts.timers.advance(0);
    };
    expect(looks()).toBe(1);
    await otherProcess('2'.repeat(16));
    expect(looks()).toBe(1);
    await parts.timers.advance(300);
    expect(looks()).toBe(2);
    await parts.timers.advance(300);
    expect(looks()).toBe(3);
    await parts.timers.advance(1_000);
    await otherProcess('3'.repeat(16));
    expect(looks()).toBe(4);
  });

  it('stops', async () => {
    await start();
    repair.stop();
    parts.self.drain();
    await parts.timers.advance(60_000);
    expect(looks()).toBe(1);
  });
});
