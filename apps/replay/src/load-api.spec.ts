import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startFakeReplica, type FakeOptions, type FakeReplica } from '../test-support/fake-replica.js';
import { Fleet } from './fleet/fleet.js';
import { LoadApi } from './load-api.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function apiOf(options: FakeOptions = {}): Promise<{ api: LoadApi; fake: FakeReplica }> {
  const fake = await startFakeReplica(options);
  const fleet = new Fleet({ targets: [fake.target], connections: 2, attemptTimeoutMs: 100 });
  const api = new LoadApi({ fleet, cluster: 'a b&c', engines: ['10.0.0.1'] });
  closing.push(
    () => fleet.close(),
    () => fake.close(),
  );
  return { api, fake };
}

const record = {
  requestId: 'r"1',
  ip: '10.0.0.1',
  promptLength: 70,
  timestampNs: 1_763_851_234_567_890_123n,
};

describe('LoadApi', () => {
  it('makes the four calls as AIGW makes them', async () => {
    const { api, fake } = await apiOf();
    expect(await api.record(record)).toEqual({ ok: true, value: null });
    expect(await api.query()).toEqual({
      ok: true,
      value: { loads: [{ queuedRequests: 1, prefillRequests: 1, promptLength: 70 }], strangers: [] },
    });
    expect(await api.release('r"1')).toEqual({ ok: true, value: null });
    expect(await api.remove('r"1')).toEqual({ ok: true, value: null });
    await api.record({ ...record, promptLength: 0 });
    const id = '"request_id":"r\\"1"';
    expect(fake.calls).toEqual([
      {
        method: 'POST',
        url: '/v1/load/stats',
        contentType: undefined,
        body: `{"cluster":"a b&c",${id},"ip":"10.0.0.1","prompt_length":70,"timestamp":1763851234567890123}`,
      },
      { method: 'GET', url: '/v1/load/stats?cluster=a%20b%26c', contentType: undefined, body: '' },
      {
        method: 'DELETE',
        url: '/v1/load/prompt',
        contentType: undefined,
        body: `{${id},"cluster":"","ip":""}`,
      },
      {
        method: 'DELETE',
        url: '/v1/load/stats',
        contentType: undefined,
        body: `{${id},"cluster":"","ip":""}`,
      },
      {
        method: 'POST',
        url: '/v1/load/stats',
        contentType: undefined,
        body: `{"cluster":"a b&c",${id},"ip":"10.0.0.1","timestamp":1763851234567890123}`,
      },
    ]);
  });

  it.each([
    ['refuse', /^HTTP 503: \{"status":"ERROR"/],
    ['error status', /^HTTP 200: \{"status":"ERROR"/],
    ['hang up', /closed|ECONNRESET/],
  ] as const)('says why a call failed, and repeats none to a lone replica: %s', async (fault, reason) => {
    const { api, fake } = await apiOf({ fault: () => fault });
    for (const call of [
      () => api.query(),
      () => api.record(record),
      () => api.release('r'),
      () => api.remove('r'),
    ]) {
      const before = fake.calls.length;
      expect(await call()).toEqual({ ok: false, reason: expect.stringMatching(reason) as string });
      expect(fake.calls).toHaveLength(before + 1);
    }
  });

  it('fails a query whose data has not the agreed form', async () => {
    const { api } = await apiOf({ distort: () => ({}) });
    expect(await api.query()).toEqual({ ok: false, reason: 'data must be a list of engines, it is {}' });
  });

  it('says that nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const fleet = new Fleet({ targets: [`http://127.0.0.1:${port}`], connections: 1, attemptTimeoutMs: 100 });
    closing.push(() => fleet.close());
    const api = new LoadApi({ fleet, cluster: 'c', engines: [] });
    expect(await api.query()).toEqual({
      ok: false,
      reason: expect.stringContaining('ECONNREFUSED') as string,
    });
  });
});
