import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RunningReplica, startReplica } from './support/replica.js';
import { ways } from './support/ways.js';

const tenMinutesMs = 600_000;

describe.each(ways)('the life of a request over HTTP, by the $name', ({ call }) => {
  let replica: RunningReplica;
  beforeAll(async () => {
    replica = await startReplica();
  });
  afterAll(() => replica.close());

  const load = async (cluster: string): Promise<unknown> =>
    (await call('GET', `${replica.url}/v1/load/stats?cluster=${cluster}`)).body.data;
  const record = (cluster: string, id: string) =>
    call('POST', `${replica.url}/v1/load/stats`, {
      cluster,
      request_id: id,
      ip: '10.0.0.1',
      prompt_length: 512,
    });
  const remove = (id: string) => call('DELETE', `${replica.url}/v1/load/stats`, { request_id: id });
  const release = (id: string) => call('DELETE', `${replica.url}/v1/load/prompt`, { request_id: id });

  it('counts from record over release to removal', async () => {
    await record('life', 'a');
    expect(await load('life')).toMatchObject([
      { ip: '10.0.0.1', queued_req_num: 1, prefill_req_num: 1, prompt_length: 512 },
    ]);
    await release('a');
    expect(await load('life')).toMatchObject([{ queued_req_num: 1, prefill_req_num: 0, prompt_length: 0 }]);
    await remove('a');
    expect(await load('life')).toMatchObject([{ queued_req_num: 0, prefill_req_num: 0, prompt_length: 0 }]);
  });

  it('answers 200 to whatever comes early, twice or late, and never counts a ghost', async () => {
    for (const step of [
      () => remove('b'),
      () => record('early', 'b'),
      () => release('b'),
      () => remove('b'),
    ]) {
      expect((await step()).status).toBe(200);
    }
    expect(await load('early')).toEqual([]);
  });

  it('lets what nobody removes expire, then forgets its engine, its cluster and their metrics', async () => {
    const series = async (): Promise<string[]> =>
      (await call('GET', `${replica.url}/metrics`)).text
        .split('\n')
        .filter((line) => line.includes('"expiring"'));
    await record('expiring', 'c');
    expect(await series()).toContain('queued_num{model_name="expiring",engine_ip="10.0.0.1"} 1');
    replica.clock.advance(tenMinutesMs);
    await vi.waitFor(async () => expect(await load('expiring')).toMatchObject([{ queued_req_num: 0 }]));
    replica.clock.advance(tenMinutesMs);
    await vi.waitFor(async () => expect(await load('expiring')).toEqual([]));
    expect(await series()).toEqual([]);
  });
});
