import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakePeer } from './support/fake-peer.js';
import { LoadCalls } from './support/load-calls.js';
import { ReplicaCalls, type WireEvent, started } from './support/replica-calls.js';
import { type RunningReplica, beginReplica, startReplica } from './support/replica.js';
import { fill, stalledSnapshots } from './support/stalled-snapshots.js';

const hexDigits = 16;
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

/** With real time: a digest leaves out what changed within the last two seconds. */
describe('a digest', () => {
  let replicas: RunningReplica[];
  let here: ReplicaCalls;
  let there: ReplicaCalls;
  let load: LoadCalls;
  beforeEach(async () => {
    replicas = await Promise.all([startReplica({}, 'system'), startReplica({}, 'system')]);
    [here, there] = replicas.map(({ url }) => new ReplicaCalls(url)) as [ReplicaCalls, ReplicaCalls];
    load = new LoadCalls(here.url);
  });
  afterEach(async () => {
    await Promise.all(replicas.map((replica) => replica.close()));
  });

  const nothing = '0'.repeat(4_096);
  const eventually = (assertion: () => Promise<void>) =>
    vi.waitFor(assertion, { timeout: 8_000, interval: 20 });
  const differing = async () => {
    const [ours, theirs] = [sumsOf(await here.digestText()), sumsOf(await there.digestText())];
    return buckets.filter((bucket) => ours[bucket] !== theirs[bucket]);
  };

  it('is nothing until something is known for two seconds, and covers no more than is asked for', async () => {
    expect(await here.digestText()).toBe(nothing);
    await load.record({ request_id: 'a' });
    expect(await here.digestText()).toBe(nothing);
    await eventually(async () => expect(await here.digestText()).not.toBe(nothing));
    expect((await here.digest({ agoMs: 60_000 })).body.data).toMatchObject({ digest: nothing });
    expect((await here.digest({ youngerThanMs: 1 })).body.data).toMatchObject({
      youngerThanMs: 1,
      digest: nothing,
    });
    expect((await here.digest({ youngerThanMs: 1e9 })).body.data).toMatchObject({ youngerThanMs: 600_000 });
  });

  it('is the same where the same is known, and differs in the one bucket of what is known here alone', async () => {
    for (let i = 0; i < 50; i++) await load.record({ request_id: `r${i}`, prompt_length: i });
    await load.release({ request_id: 'r3' });
    await load.remove({ request_id: 'r4' });
    await load.remove({ request_id: 'early' });
    const events = await here.snapshotEvents();
    await there.events(events.slice(20));
    await there.events(events.slice(0, 30).toReversed(), { first: 32 });
    await eventually(async () => {
      expect(await here.digestText()).not.toBe(nothing);
      expect(await differing()).toEqual([]);
    });

    await load.record({ request_id: 'here alone' });
    await eventually(async () => expect(await differing()).toHaveLength(1));
    const [bucket] = await differing();
    await there.events(await here.snapshotEvents(`?buckets=${bucket}`), { first: 62 });
    await eventually(async () => expect(await differing()).toEqual([]));
  });
});
