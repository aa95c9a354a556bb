import { beforeEach, describe, expect, it } from 'vitest';
import { type ReplicaParts, replicaParts } from '#testing';
import { ReceivedCursors } from '../domain/received-cursors.js';
import type { WireEvent } from './batch-format.js';
import { LoadSnapshot } from './load-snapshot.js';
import { MergeEvents } from './merge-events.js';
import { PeerError } from './ports/peer-client.js';

const peer = '10.0.0.1:8080';
const epoch = 'e'.repeat(16);

describe('LoadSnapshot', () => {
  let parts: ReplicaParts;
  let cursors: ReceivedCursors;
  let loadSnapshot: LoadSnapshot;
  beforeEach(() => {
    parts = replicaParts();
    cursors = new ReceivedCursors();
    const mergeEvents = new MergeEvents(parts.states, parts.totals, parts.clock, parts.timers);
    loadSnapshot = new LoadSnapshot(
      parts.client,
      cursors,
      mergeEvents,
      parts.totals,
      parts.clock,
      parts.journal,
    );
  });

  const eventOf = (state: unknown): WireEvent => ({ kind: 'numbers', ageMs: 0, unchangedMs: 0, state });
  /** The peer gives these chunks; `watch` is called before each, and before the end. */
  const give = (chunks: readonly (readonly unknown[])[], watch: (chunk: number) => void = () => {}) => {
    parts.client.onSnapshot = () => ({
      header: { epoch, cursors: new Map([[epoch, 7]]) },
      chunks: (async function* () {
        for (const [i, states] of chunks.entries()) {
          watch(i);
          yield states.map(eventOf);
        }
        watch(chunks.length);
      })(),
    });
  };
  const fail = (error: Error) => (chunk: number) => {
    if (chunk === 2) throw error;
  };

  it('merges chunk by chunk, and has the donor’s cursors after the last', async () => {
    const seen: unknown[] = [];
    give(
      [
        [['a', 1]],
        [
          ['b', 2],
          ['c', 3],
        ],
      ],
      (chunk) => seen.push([chunk, parts.numbers.merged.length, cursors.appliedOf(epoch)]),
    );
    expect(await loadSnapshot.execute(peer)).toBe('loaded');
    expect(seen).toEqual([
      [0, 0, 0],
      [1, 1, 0],
      [2, 3, 0],
    ]);
    expect([parts.numbers.values, cursors.appliedOf(epoch)]).toEqual([{ a: 1, b: 2, c: 3 }, 7]);
    expect(parts.client.snapshotRequests).toEqual([{ peer }]);
    expect(parts.totals.snapshotsLoaded).toBe(1);
    expect(parts.journal.news).toEqual([{ type: 'snapshot-loaded', peer, states: 3, tookMs: 0 }]);
  });

  it.each([
    ['is cut off', fail(new PeerError('cut off'))],
    ['is malformed', fail(new Error('no JSON'))],
  ])('that %s moves no cursor, but what came of it stays', async (_how, watch) => {
    give([[['a', 1]], [['b', 2]], []], watch);
    expect(await loadSnapshot.execute(peer)).toBe('failed');
    expect([parts.numbers.values, cursors.has(epoch)]).toEqual([{ a: 1, b: 2 }, false]);
    expect([parts.totals.snapshotsLoaded, parts.totals.snapshotsFailed]).toEqual([0, 1]);
    expect(parts.journal.types).toEqual(['snapshot-failed']);
  });

  it('with a state that is none fails, and moves no cursor', async () => {
    give([[['a', 1]], ['nonsense']]);
    expect(await loadSnapshot.execute(peer)).toBe('failed');
    expect(cursors.has(epoch)).toBe(false);
    expect(parts.journal.news).toMatchObject([{ reason: 'events[0].state: it must be a name and a number' }]);
  });

  it('of a peer that is not ready is none, and no failure', async () => {
    expect(await loadSnapshot.execute(peer)).toBe('not-ready');
    expect([parts.totals.snapshotsFailed, parts.journal.news]).toEqual([0, []]);
  });

  it('of a part brings what is news, and moves no cursor', async () => {
    parts.numbers.set('a', 1);
    give([
      [
        ['a', 1],
        ['b', 2],
      ],
      [['b', 2]],
    ]);
    const request = { buckets: [3], youngerThanMs: 9 };
    expect(await loadSnapshot.part(peer, request)).toBe(1);
    expect(parts.client.snapshotRequests).toEqual([{ peer, ...request }]);
    expect([cursors.has(epoch), parts.totals.snapshotsLoaded]).toEqual([false, 0]);
    parts.client.onSnapshot = () => 'not-ready';
    expect(await loadSnapshot.part(peer, request)).toBe(0);
    give([[], [], []], fail(new PeerError('cut off')));
    await expect(loadSnapshot.part(peer, request)).rejects.toThrow('cut off');
  });
});
