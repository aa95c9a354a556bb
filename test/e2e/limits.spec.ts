import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Answer } from './support/call.js';
import { LoadCalls } from './support/load-calls.js';
import { scrape } from './support/metrics.js';
import { type RunningReplica, startReplica } from './support/replica.js';
import { ways } from './support/ways.js';

const outcome = ({ status, body }: Answer) => [status, body.error?.code, body.error?.reason];
const refused = [429, 42900000, 'limit_reached'];

/** Capacity limits refuse new records only, and say which variable to raise. */
describe.each(ways)('limits, by the $name', ({ call }) => {
  let replica: RunningReplica | undefined;
  afterEach(() => replica?.close());
  const start = async (environment: Record<string, string>) => {
    replica = await startReplica(environment);
    return { replica, calls: new LoadCalls(replica.url, call) };
  };
  const reached = async (kind: string) =>
    (await scrape(replica!.url)).get(`metadata_center_limit_reached_total{kind="${kind}"}`);

  it('of requests: those in flight progress, and each end makes room', async () => {
    const { calls } = await start({ METADATA_CENTER_MAX_REQUESTS: '2' });
    await calls.record({ request_id: 'a', prompt_length: 1 });
    await calls.record({ request_id: 'b', prompt_length: 2 });
    const full = await calls.record({ request_id: 'c', prompt_length: 4 });
    expect(outcome(full)).toEqual(refused);
    expect(full.body.error?.message).toBe(
      'this replica holds as many requests as it may; raise METADATA_CENTER_MAX_REQUESTS or try later',
    );
    expect(await reached('requests')).toBe(1);
    expect(await calls.counts('c')).toEqual([2, 2, 3]);
    expect((await calls.record({ request_id: 'a', prompt_length: 1 })).status).toBe(200);
    expect((await calls.release({ request_id: 'a' })).status).toBe(200);
    expect((await calls.remove({ request_id: 'unknown' })).status).toBe(200);
    expect(await calls.counts('c')).toEqual([2, 1, 2]);
    expect((await calls.remove({ request_id: 'a' })).status).toBe(200);
    expect((await calls.record({ request_id: 'c', prompt_length: 4 })).status).toBe(200);
    expect(await calls.counts('c')).toEqual([2, 2, 6]);
    expect(await reached('requests')).toBe(1);
  });

  it('of requests: what expires makes room', async () => {
    const { replica: running, calls } = await start({ METADATA_CENTER_MAX_REQUESTS: '1' });
    await calls.record({ request_id: 'a' });
    running.clock.advance(600_000);
    await vi.waitFor(async () => expect((await calls.record({ request_id: 'b' })).status).toBe(200));
  });

  it('of engines: those that are known still take requests', async () => {
    const { calls } = await start({ METADATA_CENTER_MAX_ENGINES: '1' });
    await calls.record({ request_id: 'a' });
    const full = await calls.record({ request_id: 'b', ip: '10.0.0.2' });
    expect(outcome(full)).toEqual(refused);
    expect(full.body.error?.message).toContain('raise METADATA_CENTER_MAX_ENGINES');
    expect(await calls.load('c')).toHaveLength(1);
    expect((await calls.record({ request_id: 'b' })).status).toBe(200);
    expect(await reached('engines')).toBe(1);
  });

  it('of clusters: those that are known still take engines', async () => {
    const { calls } = await start({ METADATA_CENTER_MAX_CLUSTERS: '1' });
    await calls.record({ request_id: 'a' });
    const full = await calls.record({ request_id: 'b', cluster: 'd' });
    expect(outcome(full)).toEqual(refused);
    expect(full.body.error?.message).toContain('raise METADATA_CENTER_MAX_CLUSTERS');
    expect(await calls.load('d')).toEqual([]);
    expect((await calls.record({ request_id: 'b', ip: '10.0.0.2' })).status).toBe(200);
    expect(await reached('clusters')).toBe(1);
  });

  it('of tombstones refuse nothing: the oldest is forgotten, and a metric says so', async () => {
    const { calls } = await start({ METADATA_CENTER_MAX_TOMBSTONES: '1' });
    for (const id of ['a', 'b']) expect((await calls.remove({ request_id: id })).status).toBe(200);
    expect(await reached('tombstones')).toBe(1);
    await calls.record({ request_id: 'b' });
    expect(await calls.load('c')).toEqual([]);
    await calls.record({ request_id: 'a' });
    expect(await calls.counts('c')).toEqual([1, 1, 0]);
  });
});
