import { describe, expect, it } from 'vitest';
import { call } from './support/call.js';
import { FakePeer } from './support/fake-peer.js';
import { freePort } from './support/free-port.js';
import { callsSeries, scrape } from './support/metrics.js';
import { started } from './support/replica-calls.js';
import { type Member, Replicas, eventually } from './support/replicas.js';

/** All of them have these counts: queued requests, requests in prefill, prompt length. */
function allCount(members: readonly Member[], cluster: string, counts: readonly number[]): Promise<void> {
  return eventually(async () => {
    for (const { load } of members) expect(await load.counts(cluster)).toEqual(counts);
  });
}

const readyz = async ({ running }: Member) => (await call('GET', `${running.adminUrl}/readyz`)).status;

describe('three replicas that list each other', () => {
  it('all show each step of a request, whichever of them is told', async () => {
    await using replicas = new Replicas();
    const mesh = await replicas.startMesh('127.0.0.1', '127.0.0.2', '127.0.0.3');
    const [a, b, c] = mesh as [Member, Member, Member];
    await a.load.record({ request_id: 'r', prompt_length: 512 });
    await allCount(mesh, 'c', [1, 1, 512]);
    await b.load.release({ request_id: 'r' });
    await allCount(mesh, 'c', [1, 0, 0]);
    await c.load.remove({ request_id: 'r' });
    await allCount(mesh, 'c', [0, 0, 0]);
  });

  it('agree on calls of one request that came to them in the wrong order', async () => {
    await using replicas = new Replicas();
    const mesh = await replicas.startMesh('127.0.0.1', '127.0.0.2', '127.0.0.3');
    const [a, b, c] = mesh as [Member, Member, Member];
    await Promise.all([
      a.load.remove({ request_id: 'removed' }),
      b.load.record({ request_id: 'removed', prompt_length: 5, timestamp: 7 }),
      c.load.record({ request_id: 'removed', prompt_length: 5, timestamp: 7 }),
      a.load.record({ request_id: 'released', prompt_length: 5 }),
      c.load.release({ request_id: 'released' }),
      b.load.record({ request_id: 'standing', prompt_length: 3 }),
    ]);
    await allCount(mesh, 'c', [2, 1, 3]);
    // A late retry at a replica that heard of the removal from another.
    await b.load.record({ request_id: 'removed', prompt_length: 5, timestamp: 7 });
    await allCount(mesh, 'c', [2, 1, 3]);
  });

  it('send each other batches over connections of their own, no longer as calls', async () => {
    await using replicas = new Replicas();
    const mesh = await replicas.startMesh('127.0.0.1', '127.0.0.2', '127.0.0.3');
    const [a, b] = mesh as [Member, Member];
    for (let i = 0; i < 30; i++) {
      await a.load.record({ request_id: `r${i}` });
      await allCount([b], 'c', [i + 1, i + 1, 0]);
    }
    const metrics = await scrape(b.running.url);
    const batches = metrics.get('metadata_center_replication_batches_received_total')!;
    expect(batches).toBeGreaterThan(30);
    expect(metrics.get(callsSeries('/v1/replica/events', 'POST', 200)) ?? 0).toBeLessThan(batches / 2);
  });

  it('show in status and metrics whom they know and how far they are', async () => {
    await using replicas = new Replicas();
    const mesh = await replicas.startMesh('127.0.0.1', '127.0.0.2', '127.0.0.3');
    const [a, b] = mesh as [Member, Member];
    for (let i = 0; i < 10; i++) await a.load.record({ request_id: `r${i}` });
    await allCount(mesh, 'c', [10, 10, 0]);
    const { epoch } = await a.calls.status();
    await eventually(async () => {
      expect((await a.calls.status()).peers.map(({ lag_events }) => lag_events)).toEqual([0, 0]);
    });
    expect((await b.calls.status()).received).toContainEqual({ epoch, origin: a.address, applied: 10 });
    const metrics = await scrape(a.running.url);
    const own = (name: string) => metrics.get(`metadata_center_replication_${name}`);
    expect(own('peers{state="in_sync"}')).toBe(2);
    expect(own('peers{state="unreachable"}')).toBe(0);
    expect(own(`lag_events{peer="${b.address}"}`)).toBe(0);
    expect(own(`lag_seconds{peer="${b.address}"}`)).toBe(0);
    expect(own('log_events')).toBe(10);
    expect(own('events_sent_total')).toBe(20);
    expect(own('bootstrap_degraded')).toBe(0);
    const measured = metrics.get('replication_latency_ms_count')!;
    expect(measured).toBeGreaterThan(1);
    expect(metrics.get('replication_latency_ms_bucket{le="+Inf"}')).toBe(measured);
    const received = await scrape(b.running.url);
    expect(received.get('metadata_center_replication_events_received_total')).toBe(10);
  });
});

describe('a replica that joins', () => {
  it('knows all before it is ready', async () => {
    await using replicas = new Replicas();
    const a = await replicas.start();
    for (let i = 0; i < 50; i++) await a.load.record({ request_id: `r${i}`, prompt_length: 1 });
    await a.load.release({ request_id: 'r0' });
    await a.load.remove({ request_id: 'r1' });
    const b = await replicas.start({ METADATA_CENTER_STATIC_PEERS: a.address });
    expect(await b.load.counts('c')).toEqual([49, 48, 48]);
    expect((await b.calls.status()).totals['snapshots_loaded']).toBe(1);
  });

  it('refuses clients while it learns, and takes what other replicas send', async () => {
    await using peer = await FakePeer.start();
    await using replicas = new Replicas();
    const joiner = await replicas.begin({ METADATA_CENTER_STATIC_PEERS: peer.address });
    await peer.snapshotAsked;
    expect(await readyz(joiner)).toBe(503);
    for (const answer of [
      await joiner.load.query('c'),
      await joiner.load.record({ request_id: 'r' }),
      await joiner.load.remove({ request_id: 'r' }),
    ]) {
      expect([answer.status, answer.body.error?.code]).toEqual([503, 50300000]);
    }
    const live = await joiner.calls.events([started('live')], { epoch: peer.epoch, first: 8, oldest: 1 });
    expect(live.body.data).toMatchObject({ state: 'starting', outcome: 'snapshot' });

    await peer.giveSnapshot({ [peer.epoch]: 7 }, [started('known')]);
    // The origin sends again what came since the snapshot was begun.
    await joiner.calls.events([started('live')], { epoch: peer.epoch, first: 8, oldest: 1 });
    await joiner.ready;
    expect(await readyz(joiner)).toBe(200);
    expect(await joiner.load.counts('c')).toEqual([2, 2, 0]);
    const status = await joiner.calls.status();
    expect(status).toMatchObject({ state: 'ready', degraded: false });
    expect(status.received).toMatchObject([{ epoch: peer.epoch, applied: 8 }]);
  });

  it('is ready with what it has when the donor goes away, and says so', async () => {
    await using replicas = new Replicas();
    const peer = await FakePeer.start();
    const joiner = await replicas.begin({ METADATA_CENTER_STATIC_PEERS: peer.address });
    await peer.snapshotAsked;
    await peer[Symbol.asyncDispose]();
    await joiner.ready;
    expect(await readyz(joiner)).toBe(200);
    // It was asked again until its silence was noticed.
    expect((await joiner.calls.status()).totals['snapshots_failed']).toBeGreaterThanOrEqual(1);
  });

  it('serves after its time-out, and shows that it may lack something', async () => {
    await using peer = await FakePeer.start();
    await using replicas = new Replicas();
    const joiner = await replicas.start({
      METADATA_CENTER_STATIC_PEERS: peer.address,
      METADATA_CENTER_BOOTSTRAP_TIMEOUT: '200ms',
    });
    expect(await readyz(joiner)).toBe(200);
    expect((await joiner.calls.status()).degraded).toBe(true);
    const metrics = await scrape(joiner.running.url);
    expect(metrics.get('metadata_center_replication_bootstrap_degraded')).toBe(1);
  });

  it('is fed by those that do not list it, since its batches greet them', async () => {
    await using replicas = new Replicas();
    const a = await replicas.start();
    const b = await replicas.start({ METADATA_CENTER_STATIC_PEERS: a.address });
    await eventually(async () => {
      expect(await a.seesAs(b)).toMatchObject({ source: 'greeting', state: 'in_sync' });
      expect(await b.seesAs(a)).toMatchObject({ source: 'directory', state: 'in_sync' });
    });
    await a.load.record({ request_id: 'from a' });
    await b.load.record({ request_id: 'from b' });
    await allCount([a, b], 'c', [2, 2, 0]);
  });
});

describe('a replica that goes', () => {
  it('tells the others its last calls before it ends', async () => {
    await using replicas = new Replicas();
    const mesh = await replicas.startMesh('127.0.0.1', '127.0.0.2', '127.0.0.3');
    const [a, ...others] = mesh as [Member, Member, Member];
    await Promise.all(Array.from({ length: 200 }, (_, i) => a.load.record({ request_id: `r${i}` })));
    await a.close();
    for (const { load } of others) expect(await load.counts('c')).toEqual([200, 200, 0]);
    expect(a.running.logLines.join('\n')).not.toContain('have not taken the last events');
  });

  it('comes back with another epoch, and knows all before it is ready', async () => {
    await using replicas = new Replicas();
    const mesh = await replicas.startMesh('127.0.0.1', '127.0.0.2');
    const [a, b] = mesh as [Member, Member];
    await b.load.record({ request_id: 'own' });
    await allCount(mesh, 'c', [1, 1, 0]);
    const before = (await b.calls.status()).epoch;
    await b.close();
    await a.load.record({ request_id: 'meanwhile' });
    await a.load.release({ request_id: 'own' });

    const port = new URL(b.running.url).port;
    const again = await replicas.start({
      METADATA_CENTER_HTTP_HOST: '127.0.0.2',
      METADATA_CENTER_HTTP_PORT: port,
      METADATA_CENTER_STATIC_PEERS: `127.0.0.1:${port},127.0.0.2:${port}`,
    });
    expect(await again.load.counts('c')).toEqual([2, 1, 0]);
    const { epoch } = await again.calls.status();
    expect(epoch).not.toBe(before);
    await eventually(async () => expect(await a.seesAs(again)).toMatchObject({ epoch, state: 'in_sync' }));
    await again.load.remove({ request_id: 'own' });
    await a.load.remove({ request_id: 'meanwhile' });
    await allCount([a, again], 'c', [0, 0, 0]);
  });

  it('is unreachable to the others, which keep its events for it', async () => {
    await using replicas = new Replicas();
    const mesh = await replicas.startMesh('127.0.0.1', '127.0.0.2');
    const [a, b] = mesh as [Member, Member];
    await b.close();
    await a.load.record({ request_id: 'r' });
    await eventually(async () =>
      expect(await a.seesAs(b)).toMatchObject({ state: 'unreachable', lag_events: 1 }),
    );
    const metrics = await scrape(a.running.url);
    expect(metrics.get('metadata_center_replication_peers{state="unreachable"}')).toBe(1);
    expect(metrics.get('metadata_center_replication_batches_failed_total')).toBeGreaterThan(0);
  });
});

describe('an address', () => {
  it('of the replica itself, which only its epoch gives away, gets nothing', async () => {
    await using replicas = new Replicas();
    const port = await freePort('127.0.0.1');
    const a = await replicas.start({
      METADATA_CENTER_HTTP_PORT: String(port),
      METADATA_CENTER_STATIC_PEERS: `localhost:${port},127.0.0.1:${port}`,
    });
    for (let i = 0; i < 10; i++) await a.load.record({ request_id: `r${i}` });
    const { peers, received, totals, log } = await a.calls.status();
    expect(peers).toMatchObject([{ address: `localhost:${port}`, state: 'itself', lag_events: 0 }]);
    expect(received).toEqual([]);
    expect(log.next).toBe(11);
    expect(totals).toMatchObject({ batches_sent: 1, events_sent: 0, batches_received: 0, gaps: 0 });
    expect(await a.load.counts('c')).toEqual([10, 10, 0]);
  });

  it('that is a peer’s second one is a duplicate; the peer gets everything once', async () => {
    await using replicas = new Replicas();
    const a = await replicas.start();
    const b = await replicas.start({
      METADATA_CENTER_STATIC_PEERS: `${a.address},localhost:${a.running.port}`,
    });
    await eventually(async () => {
      const states = (await b.calls.status()).peers.map(({ state }) => state);
      expect(states.sort()).toEqual(['duplicate', 'in_sync']);
    });
    for (let i = 0; i < 10; i++) await b.load.record({ request_id: `r${i}` });
    await allCount([a, b], 'c', [10, 10, 0]);
    expect((await a.calls.status()).totals['events_received']).toBe(10);
    const metrics = await scrape(b.running.url);
    expect(metrics.get('metadata_center_replication_peers{state="duplicate"}')).toBe(1);
    const lagging = [...metrics.keys()].filter((series) => series.includes('replication_lag_events'));
    expect(lagging).toHaveLength(1);
  });
});
