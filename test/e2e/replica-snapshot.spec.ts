import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakePeer } from './support/fake-peer.js';
import { LoadCalls } from './support/load-calls.js';
import { ReplicaCalls, type WireEvent, started } from './support/replica-calls.js';
import { type RunningReplica, beginReplica, startReplica } from './support/replica.js';
import { fill, stalledSnapshots } from './support/stalled-snapshots.js';

const hexDigits = 16;
const settledMs = 2_000;
const buckets = Array.from({ length: 256 }, (_, bucket) => bucket);

const keyOf = ({ state }: WireEvent) => (state as { key: string }).key;

/** A digest’s sum of each bucket. */
const sumsOf = (digest: string) =>
  buckets.map((bucket) => digest.slice(bucket * hexDigits, (bucket + 1) * hexDigits));

describe('what a replica tells another', () => {
  let replica: RunningReplica;
  let calls: ReplicaCalls;
  let load: LoadCalls;
  beforeEach(async () => {
    replica = await startReplica();
    calls = new ReplicaCalls(replica.url);
    load = new LoadCalls(replica.url);
  });
  afterEach(() => replica.close());

  async function record(count: number, firstId = 0): Promise<void> {
    for (let i = firstId; i < firstId + count; i++)
      await load.record({ request_id: `r${i}`, prompt_length: i });
  }

  describe('in a snapshot', () => {
    it('is cursors, then events, then an end, as lines of JSON', async () => {
      await calls.events([started('theirs')], { origin: '127.0.0.1:9', epoch: 'bbbbbbbbbbbbbbbb' });
      await load.record({ request_id: 'live', prompt_length: 7, timestamp: 5 });
      await load.remove({ request_id: 'gone' });
      const answer = await calls.snapshot();
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toBe('application/x-ndjson; charset=utf-8');
      expect(answer.text.endsWith('{"end":true}\n')).toBe(true);
      const [header, ...rest] = await calls.snapshotLines();
      const { epoch } = await calls.status();
      expect(header).toEqual({ v: 1, epoch, cursors: { bbbbbbbbbbbbbbbb: 1, [epoch]: 2 } });
      expect(rest).toHaveLength(2);
      const events = await calls.snapshotEvents();
      expect(events).toHaveLength(3);
      const states = events.map(({ state }) => state);
      expect(states).toContainEqual({ key: expect.any(String), g: 1, f: 0, r: ['5', 'c', '10.0.0.1', 7] });
      expect(states).toContainEqual({ key: expect.any(String), g: 1, f: 0, r: ['1', 'c', '10.0.0.1', 0] });
      expect(states).toContainEqual({ key: expect.any(String), g: 1, f: 2 });
    });

    it('is header and end where nothing is known', async () => {
      const { epoch } = await calls.status();
      expect(await calls.snapshotLines()).toEqual([{ v: 1, epoch, cursors: { [epoch]: 0 } }, { end: true }]);
    });

    it('is all that it knows, however long, and each id once', async () => {
      await fill(replica.url);
      const keys = (await calls.snapshotEvents()).map(keyOf);
      expect(keys).toHaveLength(50_000);
      expect(new Set(keys).size).toBe(50_000);
    });

    it('is what falls into the buckets that are asked for', async () => {
      await record(300);
      const all = await calls.snapshotEvents();
      const low = await calls.snapshotEvents(`?buckets=${buckets.slice(0, 100).join(',')}`);
      const high = await calls.snapshotEvents(`?buckets=${buckets.slice(100).join(',')}`);
      expect(low.length).toBeGreaterThan(50);
      expect([...low, ...high].map(keyOf).sort()).toEqual(all.map(keyOf).sort());
      const one = await calls.snapshotEvents('?buckets=7');
      expect(one.map(keyOf)).toEqual(low.map(keyOf).filter((key) => key.endsWith('07')));
    });

    it('is what is younger than asked', async () => {
      await record(2);
      replica.clock.advance(1_000);
      await record(3, 2);
      expect(await calls.snapshotEvents('?younger_than_ms=1000')).toHaveLength(3);
      expect(await calls.snapshotEvents('?younger_than_ms=1000.5')).toHaveLength(5);
      expect(await calls.snapshotEvents('?younger_than_ms=0')).toHaveLength(0);
    });

    it('is given to four at a time; the next is told to ask another, until one has ended', async () => {
      await fill(replica.url);
      using _ = await stalledSnapshots(replica.url, 3);
      {
        using _fourth = await stalledSnapshots(replica.url, 1);
        const refused = await calls.snapshot();
        expect([refused.status, refused.body.error]).toEqual([
          429,
          {
            code: 42900000,
            reason: 'limit_reached',
            message: 'this replica gives as many snapshots as it may; ask another or try later',
          },
        ]);
        expect((await load.query('c')).status).toBe(200);
      }
      await vi.waitFor(async () => expect((await calls.snapshot('?buckets=1')).status).toBe(200), 5_000);
    });
  });

  describe('in a digest', () => {
    let other: RunningReplica;
    let otherCalls: ReplicaCalls;
    beforeEach(async () => {
      other = await startReplica();
      otherCalls = new ReplicaCalls(other.url);
    });
    afterEach(() => other.close());

    const settle = () => [replica, other].forEach(({ clock }) => clock.advance(settledMs));

    it('is nothing where nothing is known, or only what is new', async () => {
      expect(await calls.digestText()).toBe('0'.repeat(4_096));
      await record(5);
      expect(await calls.digestText()).toBe('0'.repeat(4_096));
      settle();
      expect(await calls.digestText()).not.toBe('0'.repeat(4_096));
    });

    it('is the same where the same is known, whatever the order and the way', async () => {
      await record(50);
      await load.release({ request_id: 'r3' });
      await load.remove({ request_id: 'r4' });
      await load.remove({ request_id: 'early' });
      const events = await calls.snapshotEvents();
      await otherCalls.events(events.slice(20));
      await otherCalls.events(events.slice(0, 30).toReversed(), { first: 31 });
      settle();
      expect(await otherCalls.digestText()).toBe(await calls.digestText());
    });

    it('differs in exactly one bucket where one request is known here alone', async () => {
      await record(50);
      await otherCalls.events(await calls.snapshotEvents());
      await load.record({ request_id: 'here alone' });
      settle();
      const theirs = sumsOf(await otherCalls.digestText());
      const ours = sumsOf(await calls.digestText());
      const differing = buckets.filter((bucket) => ours[bucket] !== theirs[bucket]);
      expect(differing).toHaveLength(1);
      await otherCalls.events(await calls.snapshotEvents(`?buckets=${differing[0]}`), { first: 51 });
      settle();
      expect(await otherCalls.digestText()).toBe(await calls.digestText());
    });

    it('covers no more than is asked for', async () => {
      await record(5);
      settle();
      const { data } = (await calls.digest({ youngerThanMs: settledMs })).body;
      expect(data).toMatchObject({ youngerThanMs: settledMs, digest: '0'.repeat(4_096) });
      expect((await calls.digest({ youngerThanMs: 1e9 })).body.data).toMatchObject({
        youngerThanMs: 600_000,
      });
    });
  });

  it('is neither before it is ready; its status is, and it takes batches', async () => {
    await using peer = await FakePeer.start();
    const joiner = await beginReplica({ METADATA_CENTER_STATIC_PEERS: peer.address });
    const joinerCalls = new ReplicaCalls(joiner.url);
    await peer.snapshotAsked;
    for (const answer of [await joinerCalls.snapshot(), await joinerCalls.digest()]) {
      expect([answer.status, answer.body.error]).toEqual([
        503,
        { code: 50300000, reason: 'not_ready', message: 'this replica is starting; ask another one' },
      ]);
    }
    expect((await joinerCalls.events([started('live')])).body.data).toMatchObject({
      state: 'starting',
      applied: 1,
    });
    expect((await joinerCalls.status()).state).toBe('starting');
    await peer.giveSnapshot({ [peer.epoch]: 0 }, []);
    await joiner.ready;
    expect((await joinerCalls.snapshot()).status).toBe(200);
    expect((await joinerCalls.digest()).status).toBe(200);
    await joiner.close();
  });
});
