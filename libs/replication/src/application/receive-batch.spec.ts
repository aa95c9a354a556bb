import { beforeEach, describe, expect, it } from 'vitest';
import { type ReplicaParts, replicaParts } from '#testing';
import { ReceivedCursors } from '../domain/received-cursors.js';
import { CloseGap } from './close-gap.js';
import { LoadSnapshot } from './load-snapshot.js';
import { MergeEvents } from './merge-events.js';
import { Mesh } from './mesh.js';
import { ReceiveBatch } from './receive-batch.js';

const origin = '10.0.0.1:8080';
const epoch = 'e'.repeat(16);

describe('ReceiveBatch', () => {
  let parts: ReplicaParts;
  let mesh: Mesh;
  let cursors: ReceivedCursors;
  let closeGap: CloseGap;
  let receiveBatch: ReceiveBatch;
  beforeEach(() => {
    parts = replicaParts();
    mesh = new Mesh(parts);
    cursors = new ReceivedCursors();
    const { self, client, totals, clock, journal } = parts;
    const mergeEvents = new MergeEvents(parts.states, parts.totals, parts.clock, parts.timers);
    const load = new LoadSnapshot(client, cursors, mergeEvents, totals, clock, journal);
    closeGap = new CloseGap(self, mesh, load, clock);
    receiveBatch = new ReceiveBatch(self, mesh, cursors, mergeEvents, closeGap, totals);
  });

  const batchOf = (first: number, names: string, fields: object = {}) => ({
    v: 1,
    origin,
    epoch,
    first,
    oldest: 1,
    events: [...names].map((name) => ({ kind: 'numbers', ageMs: 0, unchangedMs: 0, state: [name, 1] })),
    ...fields,
  });
  const receive = async (first: number, names: string, fields: object = {}) => {
    const { outcome, applied } = await receiveBatch.execute(batchOf(first, names, fields));
    return [outcome, applied];
  };
  /** Whoever is asked for a snapshot gives one with these cursors. */
  const give = (adopted: ReadonlyMap<string, number>) => {
    parts.client.onSnapshot = () => ({
      header: { epoch, cursors: adopted },
      chunks: (async function* () {})(),
    });
  };

  it('merges, and says who answers and how far it is', async () => {
    expect(await receiveBatch.execute(batchOf(1, 'ab'))).toEqual({
      epoch: parts.self.epoch,
      phase: 'starting',
      outcome: 'applied',
      applied: 2,
    });
    parts.self.becomeReady(false);
    expect(await receiveBatch.execute(batchOf(3, 'c'))).toMatchObject({ phase: 'ready', applied: 3 });
    expect(parts.numbers.values).toEqual({ a: 1, b: 1, c: 1 });
    expect(parts.totals).toMatchObject({
      batchesReceived: 2,
      eventsReceived: 3,
      batchesRefused: 0,
      gapsFound: 0,
    });
    expect([parts.totals.batchesReceived, parts.totals.eventsReceived]).toEqual([2, 3]);
  });

  it('merges what comes after a gap, too, and asks for what lacks', async () => {
    parts.self.becomeReady(false);
    await receive(1, 'a');
    expect(await receive(4, 'd')).toEqual(['gap', 1]);
    expect(parts.numbers.values).toEqual({ a: 1, d: 1 });
    expect([closeGap.hasOpenGaps, parts.totals.gapsFound]).toEqual([true, 1]);
    expect(await receive(4, 'z', { epoch: 'd'.repeat(16) })).toEqual(['gap', 0]);
    closeGap.onClosed('d'.repeat(16));
    expect(await receive(2, 'bcd')).toEqual(['applied', 4]);
    expect([closeGap.hasOpenGaps, parts.client.snapshotRequests]).toEqual([false, []]);
  });

  it('refuses a batch whole where one thing in it is malformed: no event, no cursor, no peer', async () => {
    for (const fields of [
      { v: 2 },
      { epoch: 'E' },
      { events: [...batchOf(1, 'a').events, { kind: 'numbers', ageMs: 0, unchangedMs: 0, state: 7 }] },
    ])
      await expect(receive(1, 'a', fields)).rejects.toMatchObject({ name: 'WireError' });
    expect([parts.numbers.merged, cursors.has(epoch), [...mesh.peers()]]).toEqual([[], false, []]);
    receiveBatch.refuse();
    expect(parts.totals).toMatchObject({ batchesRefused: 4, batchesReceived: 0, eventsReceived: 0 });
  });

  it('takes a batch for a greeting, but not its own', async () => {
    await receive(1, '');
    expect([...mesh.peers()].map(({ feed, source }) => [feed.address, source])).toEqual([
      [origin, 'greeting'],
    ]);
    expect(await receive(9, 'z', { origin: '10.0.0.9:8080', epoch: parts.self.epoch })).toEqual([
      'applied',
      8,
    ]);
    expect([...mesh.peers()]).toHaveLength(1);
    expect([parts.numbers.values, cursors.has(parts.self.epoch)]).toEqual([{}, false]);
    expect(parts.totals).toMatchObject({ batchesReceived: 1, eventsReceived: 0 });
  });

  it('of a dead epoch is merged, and moves no other cursor', async () => {
    await receive(1, 'ab');
    expect(await receive(1, 'z', { epoch: 'd'.repeat(16) })).toEqual(['applied', 1]);
    expect([cursors.appliedOf(epoch), parts.numbers.values['z']]).toEqual([2, 1]);
  });

  describe('while this replica starts', () => {
    it('lets origins go on with what is new: the snapshot will tell from where on they must send', async () => {
      expect(await receive(5, 'e')).toEqual(['snapshot', 0]);
      expect(await receive(6, 'f')).toEqual(['snapshot', 0]);
      expect([parts.client.snapshotRequests, closeGap.hasOpenGaps]).toEqual([[], true]);
      cursors.adopt([[epoch, 4]]);
      expect(await receive(7, 'g')).toEqual(['gap', 4]);
      expect(await receive(5, 'efg')).toEqual(['applied', 7]);
      expect(closeGap.hasOpenGaps).toBe(false);
    });

    it('follows an origin from its first event', async () => {
      expect(await receive(1, 'a')).toEqual(['applied', 1]);
      expect(await receive(4, 'd')).toEqual(['gap', 1]);
    });
  });

  describe('where the origin no longer holds what lacks', () => {
    const beyond = () => receive(50, 'x', { oldest: 40 });
    beforeEach(() => parts.self.becomeReady(false));

    it('loads a snapshot of the origin', async () => {
      give(new Map([[epoch, 49]]));
      expect(await beyond()).toEqual(['snapshot', 0]);
      await parts.timers.advance(0);
      expect(parts.client.snapshotRequests).toEqual([{ peer: origin }]);
      expect(await receive(50, 'x', { oldest: 40 })).toEqual(['applied', 50]);
      expect(closeGap.hasOpenGaps).toBe(false);
    });

    it('loads one of another replica where the origin gives none', async () => {
      mesh.hear('10.0.0.2:8080');
      await parts.timers.advance(0);
      await beyond();
      await parts.timers.advance(0);
      expect(parts.client.snapshotRequests.map(({ peer }) => peer)).toEqual([origin, '10.0.0.2:8080']);
    });

    it('loads one at a time, and the next a second later at the earliest', async () => {
      let end = (): void => {};
      parts.client.onSnapshot = () => new Promise((resolve) => (end = () => resolve('not-ready')));
      await beyond();
      await beyond();
      await parts.timers.advance(0);
      expect(parts.client.snapshotRequests).toHaveLength(1);
      end();
      await parts.timers.advance(999);
      await beyond();
      expect(parts.client.snapshotRequests).toHaveLength(1);
      await parts.timers.advance(1);
      await beyond();
      await parts.timers.advance(0);
      expect(parts.client.snapshotRequests).toHaveLength(2);
    });

    it.each(['', 'evil', '169.254.169.254:80/x', '127.0.0.1:8080'])(
      'calls nobody who calls itself %j',
      async (origin) => {
        await receive(50, 'x', { oldest: 40, origin });
        await parts.timers.advance(0);
        expect(parts.client.snapshotRequests).toEqual([]);
      },
    );

    it('calls nobody who was turned away', async () => {
      for (let i = 0; i < 256; i++) mesh.hear(`10.1.0.${i}:8080`);
      give(new Map());
      await beyond();
      await parts.timers.advance(0);
      expect(parts.client.snapshotRequests.map(({ peer }) => peer)).not.toContain(origin);
    });
  });

  it('forgets open gaps rather than keeping more than 1,024', async () => {
    const epochs = Array.from({ length: 1_025 }, (_, i) => `b${i.toString(16).padStart(15, '0')}`);
    for (const epoch of epochs) await receive(5, '', { epoch });
    expect(closeGap.hasOpenGaps).toBe(true);
    closeGap.onClosed(epochs.at(-1)!);
    expect(closeGap.hasOpenGaps).toBe(false);
  });
});
