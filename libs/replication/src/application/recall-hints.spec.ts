import { beforeEach, describe, expect, it } from 'vitest';
import { GrowingNumbers, type ReplicaParts, replicaParts } from '#testing';
import { MergeEvents } from './merge-events.js';
import { Mesh } from './mesh.js';
import { PeerError, type SnapshotStream } from './ports/peer-client.js';
import { type RecallOutcome, RecallHints } from './recall-hints.js';

const [one, two, three] = ['10.0.0.1:8080', '10.0.0.2:8080', '10.0.0.3:8080'];
const refusal = new PeerError('status 429 to the call for a snapshot');

describe('RecallHints', () => {
  let parts: ReplicaParts;
  let hints: GrowingNumbers;
  let mesh: Mesh;
  let recallHints: RecallHints;
  beforeEach(async () => {
    parts = replicaParts();
    parts.self.becomeReady(false);
    hints = new GrowingNumbers(parts.clock, 'hints', false);
    parts.states.add(hints);
    mesh = new Mesh(parts);
    const { self, states, client, totals, clock, timers, random, journal } = parts;
    const merge = new MergeEvents(states, totals, clock, timers);
    recallHints = new RecallHints(self, states, mesh, client, merge, totals, clock, timers, random, journal);
    for (const peer of [one, two, three]) mesh.hear(peer);
    await timers.advance(0);
    journal.news.length = 0;
  });

  const eventOf = (name: string) => ({ kind: 'hints', ageMs: 0, unchangedMs: 0, state: [name, 1] });
  const giving = (names: readonly string[], watch: (name: string) => unknown = () => {}): SnapshotStream => ({
    header: { epoch: 'e'.repeat(16), cursors: new Map([['e'.repeat(16), 7]]) },
    chunks: (async function* () {
      for (const name of names) {
        await watch(name);
        yield [eventOf(name)];
      }
    })(),
  });
  const asked = () => parts.client.snapshotRequests.map(({ peer }) => peer);
  /** @returns the outcome, and when it came; undefined while it lasts */
  const begin = () => {
    const startedMs = parts.clock.nowMs();
    const end: { outcome?: RecallOutcome; tookMs?: number } = {};
    const recall = async () => {
      end.outcome = await recallHints.execute();
      end.tookMs = parts.clock.nowMs() - startedMs;
    };
    void recall();
    return end;
  };

  it('takes all hints of one ready peer, in their order and a turn for each chunk', async () => {
    const turns: number[] = [];
    parts.timers.nextTurn = async () => void turns.push(hints.merged.length);
    parts.client.onSnapshot = () => giving(['c', 'a', 'b']);
    const end = begin();
    await parts.timers.advance(0);
    expect(end.outcome).toBe('loaded');
    expect(hints.merged).toEqual(['c', 'a', 'b']);
    expect(turns).toEqual([1, 2, 3]);
    expect(parts.client.snapshotRequests).toEqual([{ peer: two, hints: true }]);
    expect([parts.totals.hintsLoaded, parts.totals.hintsFailed]).toEqual([1, 0]);
    expect(parts.journal.news).toEqual([{ type: 'hints-loaded', peer: two, states: 3, tookMs: 0 }]);
  });

  it('asks the next peer where one is busy, not ready or cut off, in random order; what came stays', async () => {
    const randoms = [0.99, 0.99, 0];
    parts.random.next = () => randoms.shift() ?? 0;
    parts.client.onSnapshot = (peer) => {
      if (peer === three) throw refusal;
      if (peer === two) return 'not-ready';
      return giving(['a']);
    };
    expect(await recallHints.execute()).toBe('loaded');
    expect(asked()).toEqual([three, two, one]);
    expect(parts.totals.hintsFailed).toBe(1);
    expect(parts.journal.news).toMatchObject([
      { type: 'hints-failed', peer: three, reason: refusal.message },
      { type: 'hints-loaded', peer: one },
    ]);
  });

  it('keeps what came of a snapshot that was cut off, and takes the rest from another', async () => {
    const cut = (name: string) => {
      if (name === 'b') throw new PeerError('the snapshot was cut off');
    };
    parts.client.onSnapshot = (peer) => giving(['a', 'b'], peer === two ? cut : undefined);
    expect(await recallHints.execute()).toBe('loaded');
    expect(hints.merged).toEqual(['a', 'a', 'b']);
  });

  it('tries all of them five times, ever later, then gives up', async () => {
    parts.client.onSnapshot = () => {
      throw refusal;
    };
    const rounds: number[] = [];
    const end = begin();
    for (let ms = 0; ms <= 8_000; ms += 500) {
      await parts.timers.advance(ms === 0 ? 0 : 500);
      rounds.push(asked().length / 3);
    }
    // Half of 1, 2, 4 and 8 s lie between them.
    expect(rounds).toEqual([1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5]);
    expect(end).toEqual({ outcome: 'failed', tookMs: 7_500 });
    await parts.timers.advance(60_000);
    expect(asked()).toHaveLength(15);
  });

  it('takes what it gets in a minute: then live calls know better', async () => {
    parts.client.onSnapshot = () =>
      giving(
        Array.from({ length: 100 }, (_, i) => `${i}`),
        () => parts.timers.sleep(900),
      );
    const end = begin();
    await parts.timers.advance(59_000);
    expect(end).toEqual({});
    await parts.timers.advance(2_000);
    expect(end.outcome).toBe('failed');
    expect(hints.merged).toHaveLength(66);
    expect(asked()).toHaveLength(1);
    expect(parts.journal.news).toMatchObject([{ reason: 'not all had come after 60000 ms' }]);
  });

  it('ends where no peer is ready', async () => {
    parts.client.onBatch = () => Promise.reject(new PeerError('refused'));
    await parts.timers.advance(10_000);
    mesh.beat();
    await parts.timers.advance(10_000);
    expect(mesh.readyPeers()).toEqual([]);
    expect(await recallHints.execute()).toBe('nobody-ready');
    expect(asked()).toEqual([]);
  });

  it('asks nobody where no context has hints', async () => {
    parts.states.add(new GrowingNumbers(parts.clock, 'hints', true));
    expect(await recallHints.execute()).toBe('nothing');
    expect(asked()).toEqual([]);
  });

  it('is told apart from a replica that has them, as long as it lasts', async () => {
    const during: boolean[] = [];
    parts.client.onSnapshot = () => giving(['a'], () => during.push(parts.self.isRecallingHints));
    await recallHints.execute();
    expect([during, parts.self.isRecallingHints]).toEqual([[true], false]);
  });

  describe('stops', () => {
    it('between two chunks, and lets the donor go', async () => {
      let hasEnded = false;
      parts.client.onSnapshot = () => ({
        header: { epoch: 'e'.repeat(16), cursors: new Map() },
        chunks: (async function* () {
          try {
            for (;;) {
              await parts.timers.sleep(10);
              yield [eventOf('a')];
            }
          } finally {
            hasEnded = true;
          }
        })(),
      });
      const end = begin();
      await parts.timers.advance(35);
      recallHints.stop();
      await parts.timers.advance(10);
      expect(end.outcome).toBe('stopped');
      expect([hasEnded, hints.merged.length, parts.journal.news]).toEqual([true, 3, []]);
    });

    it('without a word of a donor that fails by then', async () => {
      parts.client.onSnapshot = () =>
        giving(['a'], async () => {
          await parts.timers.sleep(10);
          throw new PeerError('forgotten');
        });
      const end = begin();
      await parts.timers.advance(5);
      recallHints.stop();
      await parts.timers.advance(10);
      expect([end.outcome, parts.totals.hintsFailed, parts.journal.news]).toEqual(['stopped', 0, []]);
    });

    it('at once in a pause, and leaves no timer', async () => {
      parts.client.onSnapshot = () => {
        throw refusal;
      };
      const end = begin();
      await parts.timers.advance(0);
      const waiting = parts.timers.waiting;
      recallHints.stop();
      await parts.timers.advance(0);
      expect([end.outcome, parts.timers.waiting]).toEqual(['stopped', waiting - 1]);
    });
  });
});
