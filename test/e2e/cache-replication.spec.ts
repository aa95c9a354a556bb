import { afterEach, describe, expect, it } from 'vitest';
import type { LocationRow } from './support/cache-calls.js';
import { FakePeer } from './support/fake-peer.js';
import { scrape } from './support/metrics.js';
import { ReplicaCalls, type WireEvent } from './support/replica-calls.js';
import { type RunningReplica, startReplica } from './support/replica.js';
import { type Member, Replicas, eventually } from './support/replicas.js';

const [a, b] = ['10.0.0.1', '10.0.0.2'];
const maxUint64 = 2n ** 64n - 1n;

/** All of them find this. */
function allFind(
  members: readonly Member[],
  hashes: readonly (bigint | number)[],
  locations: readonly LocationRow[],
): Promise<void> {
  return eventually(async () => {
    for (const { cache } of members) expect(await cache.locations(hashes)).toEqual(locations);
  });
}

const prefixBlocks = async ({ running }: Member) =>
  (await scrape(running.url)).get('metadata_center_prefix_cache_blocks');

describe('two replicas that list each other', () => {
  it('find what was saved on either, in the same order', async () => {
    await using replicas = new Replicas();
    const mesh = await replicas.startMesh('127.0.0.1', '127.0.0.2');
    const [one, other] = mesh as [Member, Member];
    await one.cache.save(a, [1, 2, 3]);
    await allFind(mesh, [1, 2, 3], [{ ip: a, length: 3 }]);
    await other.cache.save(b, [1, 2]);
    await allFind(
      mesh,
      [1, 2, 3],
      [
        { ip: a, length: 3 },
        { ip: b, length: 2 },
      ],
    );
  });

  it('tell every two uint64 apart on the other one, too', async () => {
    await using replicas = new Replicas();
    const [one, other] = (await replicas.startMesh('127.0.0.1', '127.0.0.2')) as [Member, Member];
    const neighbours = [2n ** 53n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 63n + 1n, maxUint64 - 1n, maxUint64];
    for (const [i, hash] of neighbours.entries()) await one.cache.save(`10.0.1.${i}`, [hash]);
    for (const [i, hash] of neighbours.entries())
      await allFind([other], [hash], [{ ip: `10.0.1.${i}`, length: 1 }]);
  });

  it('carry the longest prompt', async () => {
    await using replicas = new Replicas();
    const [one, other] = (await replicas.startMesh('127.0.0.1', '127.0.0.2')) as [Member, Member];
    const hashes = Array.from({ length: 8_192 }, (_, i) => maxUint64 - BigInt(i));
    await one.cache.save(a, hashes);
    await allFind([other], hashes, [{ ip: a, length: 8_192 }]);
  });

  it('drop an engine on both, and take what is saved to it afterwards', async () => {
    await using replicas = new Replicas();
    const mesh = await replicas.startMesh('127.0.0.1', '127.0.0.2');
    const [one, other] = mesh as [Member, Member];
    await one.cache.save(a, [1, 2, 3]);
    await one.cache.save(b, [1]);
    await allFind(
      [other],
      [1, 2, 3],
      [
        { ip: a, length: 3 },
        { ip: b, length: 1 },
      ],
    );
    await other.cache.drop({ cluster: 'c', ip: a });
    await allFind(mesh, [1, 2, 3], [{ ip: b, length: 1 }]);
    one.running.clock.advance(1);
    other.running.clock.advance(1);
    await one.cache.save(a, [1, 2]);
    await allFind(
      mesh,
      [1, 2],
      [
        { ip: a, length: 2 },
        { ip: b, length: 1 },
      ],
    );
  });
});

describe('a replica that joins', () => {
  it('is ready, then learns what was saved before', async () => {
    await using replicas = new Replicas();
    const mesh = await replicas.startMesh('127.0.0.1', '127.0.0.2');
    const [one, other] = mesh as [Member, Member];
    const prompts = Array.from({ length: 100 }, (_, i) =>
      Array.from({ length: 30 }, (__, place) => maxUint64 - BigInt(i * 100 + place)),
    );
    for (const [i, prompt] of prompts.entries()) await one.cache.save(`10.0.0.${i % 7}`, prompt);
    await eventually(async () => expect(await prefixBlocks(other)).toBe(3_000));
    const third = await replicas.start({ METADATA_CENTER_STATIC_PEERS: `${one.address},${other.address}` });
    await eventually(async () => expect(await prefixBlocks(third)).toBe(3_000));
    for (const [i, prompt] of prompts.entries())
      expect(await third.cache.locations(prompt)).toEqual([{ ip: `10.0.0.${i % 7}`, length: 30 }]);

    await eventually(async () => expect((await third.calls.status()).totals['hints_loaded']).toBe(1));
    const { totals } = await third.calls.status();
    expect(totals).toMatchObject({ snapshots_loaded: 1, hints_failed: 0 });
    expect(totals).toMatchObject({ buckets_diverged: 0, states_repaired: 0 });
    expect(third.running.logLines.filter((line) => line.includes('the hints of a replica'))).toHaveLength(1);
  });

  it('takes nothing of an engine that is dropped while it learns', async () => {
    await using peer = await FakePeer.start();
    await using replicas = new Replicas();
    const joiner = await replicas.begin({ METADATA_CENTER_STATIC_PEERS: peer.address });
    await peer.giveSnapshot({ [peer.epoch]: 0 }, []);
    await joiner.ready;
    const held = (ip: string, hash: number): WireEvent => {
      const h = Buffer.from(BigUint64Array.of(BigInt(hash)).buffer).toString('base64');
      return { kind: 'prefix-cache', ageMs: 0, unchangedMs: 0, state: { c: 'c', e: ip, h, o: 1 } as object };
    };
    await peer.giveHints(peer.header);
    await peer.giveHints({ events: [held(a, 1), held(b, 1)] });
    await allFind(
      [joiner],
      [1],
      [
        { ip: a, length: 1 },
        { ip: b, length: 1 },
      ],
    );
    const dropped = { kind: 'prefix-cache', ageMs: 0, unchangedMs: 0, state: { c: 'c', e: a, d: 1 } };
    await joiner.calls.events([dropped], { origin: peer.address, epoch: peer.epoch });
    await allFind([joiner], [1], [{ ip: b, length: 1 }]);
    // The age of a line that was made before the drop and has waited on its way.
    await peer.giveHints({ events: [held(a, 2), held(b, 2)] });
    await allFind([joiner], [2], [{ ip: b, length: 1 }]);
    await peer.giveHints({ end: true });
    await eventually(async () => expect((await joiner.calls.status()).totals['hints_loaded']).toBe(1));
    expect((await joiner.calls.status()).received).toMatchObject([{ epoch: peer.epoch, applied: 1 }]);
  });

  it('serves without them where the donor falls silent, keeps what came and says so', async () => {
    await using peer = await FakePeer.start();
    await using replicas = new Replicas();
    const joiner = await replicas.begin({ METADATA_CENTER_STATIC_PEERS: peer.address });
    await peer.giveSnapshot({ [peer.epoch]: 0 }, []);
    await joiner.ready;
    await peer.giveHints(peer.header);
    const state = { c: 'c', e: a, h: 'AQAAAAAAAAA=', o: 1 };
    await peer.giveHints({ events: [{ kind: 'prefix-cache', ageMs: 0, unchangedMs: 0, state }] });
    await eventually(async () => expect((await joiner.calls.status()).totals['hints_failed']).toBe(1));
    expect(await joiner.cache.locations([1])).toEqual([{ ip: a, length: 1 }]);
    expect(joiner.running.logLines.join('\n')).toContain('the hints of a replica could not be loaded');
    // It would give but half of them.
    expect((await joiner.calls.snapshot('?hints=true')).body.error).toEqual({
      code: 50300000,
      reason: 'not_ready',
      message: 'this replica is still learning hints itself; ask another one',
    });
  });
});

describe('a hint', () => {
  let running: RunningReplica[] = [];
  afterEach(() => Promise.all(running.map((replica) => replica.close())));

  it('is in no snapshot but that of the hints, and in no digest', async () => {
    // With real time: a digest leaves out what changed within the last two seconds.
    running = await Promise.all([startReplica({}, 'system'), startReplica({}, 'system')]);
    const members = running.map(({ url }) => new ReplicaCalls(url)) as [ReplicaCalls, ReplicaCalls];
    const [one, other] = members;
    const state = (id: string): object => ({ id, g: 1, f: 0, r: ['1', 'c', a, 0] });
    const load: WireEvent = { kind: 'load', ageMs: 0, unchangedMs: 0, state: state('r') };
    const hint: WireEvent = {
      kind: 'prefix-cache',
      ageMs: 0,
      unchangedMs: 0,
      state: { c: 'c', e: a, h: 'AQAAAAAAAAA=' },
    };
    await one.events([hint, load]);
    await other.events([load]);
    const kindsOf = async (query: string) => (await one.snapshotEvents(query)).map(({ kind }) => kind);
    expect(await kindsOf('')).toEqual(['load']);
    expect(await kindsOf('?hints=false')).toEqual(['load']);
    expect(await kindsOf('?younger_than_ms=60000')).toEqual(['load']);
    expect(await kindsOf('?hints=true')).toEqual(['prefix-cache']);
    expect((await one.snapshotLines('?hints=true')).at(0)).toMatchObject({ v: 1, cursors: {} });
    await eventually(async () => {
      const digest = await one.digestText();
      expect(digest).not.toBe('0'.repeat(4_096));
      expect(await other.digestText()).toBe(digest);
    });
  });
});
