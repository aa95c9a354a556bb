import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CacheCalls } from './support/cache-calls.js';
import { scrape } from './support/metrics.js';
import { type RunningReplica, startReplica } from './support/replica.js';
import { ways } from './support/ways.js';

const a = '10.0.0.1';
const b = '10.0.0.2';
const maxUint64 = 2n ** 64n - 1n;

describe.each(ways)('the cache calls, by the $name', ({ call }) => {
  let replica: RunningReplica;
  let cache: CacheCalls;
  beforeAll(async () => {
    replica = await startReplica({
      METADATA_CENTER_CACHE_BLOCKS_PER_ENGINE: '10000',
      METADATA_CENTER_CACHE_EXPIRE: '10m',
    });
    cache = new CacheCalls(replica.url, call);
  });
  afterAll(() => replica.close());

  it('find the engines that hold the beginning of a prompt, the longest first', async () => {
    const saved = await cache.save(a, [1, 2, 3]);
    expect([saved.status, saved.body.data]).toEqual([200, null]);
    await cache.save(b, [1, 2]);
    expect(await cache.locations([1, 2, 3, 4])).toEqual([
      { ip: a, length: 3 },
      { ip: b, length: 2 },
    ]);
    expect(await cache.locations([1, 2, 3, 4], { topk: 1 })).toEqual([{ ip: a, length: 3 }]);
    expect(await cache.locations([2, 1])).toHaveLength(2);
    expect(await cache.locations([4, 1])).toEqual([]);
    expect(await cache.locations([1], { cluster: 'unknown' })).toEqual([]);
  });

  it('tell every two uint64 apart', async () => {
    const neighbours = [
      9007199254740992n,
      9007199254740993n,
      2n ** 63n,
      2n ** 63n + 1n,
      maxUint64 - 1n,
      maxUint64,
    ];
    for (const [i, hash] of neighbours.entries()) await cache.save(`10.0.1.${i}`, [hash], 'exact');
    for (const [i, hash] of neighbours.entries()) {
      expect(await cache.locations([hash], { cluster: 'exact' })).toEqual([{ ip: `10.0.1.${i}`, length: 1 }]);
    }
  });

  it('take no prompt for one: null, an empty list or none', async () => {
    for (const rest of ['"prompt_hash":null', '"prompt_hash":[]', '"x":1']) {
      const saved = await cache.post('save', `{"cluster":"none","ip":"${a}",${rest}}`);
      expect([saved.status, saved.body.data]).toEqual([200, null]);
      const queried = await cache.post('query', `{"cluster":"none",${rest}}`);
      expect([queried.status, queried.body.data]).toEqual([200, { locations: [] }]);
    }
  });

  it('take 8,192 hashes, and not one more', async () => {
    const hashes = Array.from({ length: 8_192 }, (_, i) => maxUint64 - BigInt(i));
    expect((await cache.save(a, hashes, 'long')).status).toBe(200);
    expect(await cache.locations(hashes, { cluster: 'long' })).toEqual([{ ip: a, length: 8_192 }]);
    for (const answer of [await cache.save(a, [...hashes, 1], 'long'), await cache.query([...hashes, 1])]) {
      expect([answer.status, answer.body.error]).toEqual([
        413,
        {
          code: 41300000,
          reason: 'body_too_large',
          message: 'prompt_hash has 8193 hashes; send the first 8192 at most, which is 4 MiB of prompt',
        },
      ]);
    }
  });

  it('take bodies of 256 KiB, and not one byte more', async () => {
    const body = `{"cluster":"c","ip":"${a}","prompt_hash":[1]}`;
    expect((await cache.post('save', body.padEnd(256 * 1024))).status).toBe(200);
    const { status, body: answer } = await cache.post('save', body.padEnd(256 * 1024 + 1));
    expect([status, answer.error?.code]).toEqual([413, 41300000]);
    expect(answer.error?.message).toBe('the body is larger than 262144 bytes; send a smaller one');
  });

  it.each([
    ['-1', '-1'],
    ['-0', '-0'],
    ['1.5', '1.5'],
    ['1.0', '1.0'],
    ['1e3', '1e3'],
    ['18446744073709551616', '18446744073709551616'],
    ['"1"', '"1"'],
    ['null', 'null'],
    ['true', 'true'],
    ['[1]', 'a list'],
    ['{}', 'an object'],
  ])('refuse %s as a hash, and name its place', async (hash, shown) => {
    for (const path of ['query', 'save'] as const) {
      const body = `{"cluster":"bad","ip":"${a}","prompt_hash":[1,2,${hash},3]}`;
      const { status, body: answer } = await cache.post(path, body);
      expect([status, answer.error]).toEqual([
        400,
        {
          code: 40001400,
          reason: 'invalid_argument',
          message: `prompt_hash[2] must be an integer from 0 to 18446744073709551615, but was ${shown}`,
        },
      ]);
    }
    expect(await cache.locations([1], { cluster: 'bad' })).toEqual([]);
  });

  it.each([
    ['query', { cluster: '' }, /^cluster must be text of 1 to 256 characters/],
    ['query', { topk: 0 }, /^topk must be an integer from 1 to 1000, but was 0$/],
    ['query', { topk: 1001 }, /^topk must be an integer from 1 to 1000, but was 1001$/],
    ['query', { topk: 1.5 }, /^topk must be an integer from 1 to 1000, but was 1.5$/],
    ['query', { topk: '3' }, /^topk must be an integer from 1 to 1000, but was "3"$/],
    ['query', { prompt_hash: '1' }, /^prompt_hash must be a list of integers from 0 to 18446744073709551615/],
    ['query', { prompt_hash: {} }, /^prompt_hash must be a list of integers from 0 to 18446744073709551615/],
    ['save', { ip: 'localhost' }, /^ip must be an IPv4 address like 192.168.1.1, but was "localhost"$/],
    ['save', { ip: undefined }, /^ip is missing; it must be an IPv4 address like 192.168.1.1$/],
    ['save', { cluster: undefined }, /^cluster is missing; it must be text of 1 to 256 characters/],
  ] as const)('refuse a %s with %j', async (path, fields, message) => {
    const good = { cluster: 'bad', ip: a, prompt_hash: [1] };
    const { status, body } = await cache.post(path, { ...good, ...fields });
    expect([status, body.error?.code, body.error?.reason]).toEqual([400, 40001400, 'invalid_argument']);
    expect(body.error?.message).toMatch(message);
  });

  it('drop an engine, by body or by query, known or not', async () => {
    await cache.save(a, [1], 'restart');
    await cache.save(b, [1], 'restart');
    const dropped = await cache.drop({ cluster: 'restart', ip: a });
    expect([dropped.status, dropped.body.data]).toEqual([200, null]);
    expect(await cache.locations([1], { cluster: 'restart' })).toEqual([{ ip: b, length: 1 }]);
    const byQuery = await call('DELETE', `${replica.url}/v1/cache/engine?cluster=restart&ip=${b}`);
    expect(byQuery.status).toBe(200);
    expect(await cache.locations([1], { cluster: 'restart' })).toEqual([]);
    expect((await cache.drop({ cluster: 'restart', ip: b })).status).toBe(200);
    const bad = await cache.drop({ cluster: 'restart', ip: 'x' });
    expect([bad.status, bad.body.error?.code]).toEqual([400, 40001400]);
    await cache.save(a, [1], 'restart');
    expect(await cache.locations([1], { cluster: 'restart' })).toEqual([{ ip: a, length: 1 }]);
  });

  it('forget an engine that nobody has saved to for the expiry', async () => {
    await cache.save(a, [1], 'idle');
    replica.clock.advance(599_999);
    expect(await cache.locations([1], { cluster: 'idle' })).toHaveLength(1);
    replica.clock.advance(1);
    expect(await cache.locations([1], { cluster: 'idle' })).toEqual([]);
  });

  it('are counted', async () => {
    const before = await scrape(replica.url);
    await cache.save(a, [21, 22], 'counted');
    await cache.save(a, [21, 22, 23], 'counted');
    await cache.query([21, 22, 29], { cluster: 'counted' });
    await cache.query([29], { cluster: 'counted' });
    const after = await scrape(replica.url);
    const grown = (name: string) =>
      after.get(`metadata_center_prefix_cache_${name}`)! -
      before.get(`metadata_center_prefix_cache_${name}`)!;
    expect(
      ['queries_total', 'hits_total', 'queried_blocks_total', 'hit_blocks_total'].map((name) => grown(name)),
    ).toEqual([2, 1, 4, 2]);
    expect(['saved_blocks_total', 'refreshed_blocks_total'].map((name) => grown(name))).toEqual([3, 2]);
    const held = 'metadata_center_prefix_cache_held_blocks{model_name="counted"}';
    expect(after.get(held)).toBe(3);
    await cache.drop({ cluster: 'counted', ip: a });
    expect((await scrape(replica.url)).has(held)).toBe(false);
  });
});
