import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GoReplica } from '#testing';
import { call } from './support/call.js';
import { type RunningReplica, startReplica } from './support/replica.js';

const record = {
  cluster: 'a<b',
  request_id: 'r-1',
  ip: '10.0.0.1',
  prompt_length: 512,
};
const recordBody =
  '{"cluster":"a<b","request_id":"r-1","ip":"10.0.0.1","prompt_length":512,"timestamp":1763851234567890123}';
const reference = { request_id: record.request_id, cluster: '', ip: '' };

interface StatusData {
  readonly peers: readonly { readonly address: string; readonly state: string }[];
  readonly totals: Readonly<Record<string, number>>;
}

describe('beside a replica of the Go service', () => {
  let go: GoReplica;
  let ours: RunningReplica;
  beforeEach(async () => {
    go = await GoReplica.start();
    ours = await startReplica({
      METADATA_CENTER_DISCOVERY: 'static',
      METADATA_CENTER_STATIC_PEERS: go.address,
    });
    go.setPeers([`127.0.0.1:${ours.port}`]);
    await vi.waitFor(async () => expect((await status()).peers[0]?.state).toBe('go'));
  });
  afterEach(async () => {
    await ours.close();
    await go.close();
  });

  const status = async () => (await call('GET', `${ours.url}/v1/replica/status`)).body.data as StatusData;
  const counts = async (url: string) => {
    const { body } = await call('GET', `${url}/v1/load/stats?cluster=a%3Cb`);
    const engines = body.data as { ip: string; queued_req_num: number; prompt_length: number }[] | null;
    return engines?.map(({ ip, queued_req_num, prompt_length }) => [ip, queued_req_num, prompt_length]);
  };
  const soon = (url: string, expected: unknown) =>
    vi.waitFor(async () => expect(await counts(url)).toEqual(expected));

  it('tells it of every call, byte for byte as another Go replica would', async () => {
    await call('POST', `${ours.url}/v1/load/stats`, recordBody);
    await soon(go.url, [['10.0.0.1', 1, 512]]);
    await call('DELETE', `${ours.url}/v1/load/prompt`, reference);
    await soon(go.url, [['10.0.0.1', 1, 0]]);
    await call('DELETE', `${ours.url}/v1/load/stats`, reference);
    await soon(go.url, [['10.0.0.1', 0, 0]]);
    expect(go.received).toEqual([
      {
        type: 'load.stats.set',
        body: String.raw`{"cluster":"a\u003cb","request_id":"r-1","prompt_length":512,"ip":"10.0.0.1","timestamp":1763851234567890123}`,
      },
      { type: 'load.prompt.delete', body: '{"cluster":"","request_id":"r-1","ip":""}' },
      { type: 'load.stats.delete', body: '{"cluster":"","request_id":"r-1","ip":""}' },
    ]);
  });

  it('hears of every call of its clients, and passes none on', async () => {
    await call('POST', `${go.url}/v1/load/stats`, recordBody);
    await soon(ours.url, [['10.0.0.1', 1, 512]]);
    await call('DELETE', `${go.url}/v1/load/prompt`, reference);
    await soon(ours.url, [['10.0.0.1', 1, 0]]);
    await call('DELETE', `${go.url}/v1/load/stats`, reference);
    await soon(ours.url, [['10.0.0.1', 0, 0]]);
    expect(go.lost).toBe(0);
    // One of its own, behind which those of the Go replica would come had they been logged.
    await call('POST', `${ours.url}/v1/load/stats`, { ...record, request_id: 'r-2' });
    await vi.waitFor(() => expect(go.received).toHaveLength(1));
    await vi.waitFor(async () =>
      expect((await status()).totals).toMatchObject({ go_calls_received: 3, go_calls_sent: 1 }),
    );
    expect(go.received).toHaveLength(1);
  });

  it('takes a call here and the next one there for the same request', async () => {
    await call('POST', `${ours.url}/v1/load/stats`, record);
    await soon(go.url, [['10.0.0.1', 1, 512]]);
    await call('DELETE', `${go.url}/v1/load/stats`, reference);
    await soon(ours.url, [['10.0.0.1', 0, 0]]);
    // A retry that comes late counts there again, and here no more.
    await call('POST', `${go.url}/v1/load/stats`, record);
    await vi.waitFor(async () => expect((await status()).totals['go_calls_received']).toBe(2));
    expect(await counts(ours.url)).toEqual([['10.0.0.1', 0, 0]]);
  });
});
