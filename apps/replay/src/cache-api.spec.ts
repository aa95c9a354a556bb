import { describe, expect, it } from 'vitest';
import { CacheApi } from './cache-api.js';
import type { CallResult } from './call-result.js';
import { engineIps } from './engines.js';
import type { WireCall } from './fleet/exchange.js';

const hashIds = Uint32Array.of(0, 1234567);
const digits = '[16294208416658607535,6457827717110365317]';

function apiWith(
  answer: CallResult<unknown>,
  engines = 2,
): { api: CacheApi; calls: (readonly [key: string, call: WireCall])[] } {
  const calls: (readonly [string, WireCall])[] = [];
  const fleet = {
    call: (key: string, call: WireCall): Promise<CallResult<unknown>> => {
      calls.push([key, call]);
      return Promise.resolve(answer);
    },
  };
  return { api: new CacheApi({ fleet, cluster: 'a"b', engines: engineIps(engines) }), calls };
}

describe('CacheApi', () => {
  it('asks for as many engines as there are, with every digit of the hashes, by the key of the cluster', async () => {
    const locations = [{ ip: '10.0.0.2', length: 1 }];
    const { api, calls } = apiWith({ ok: true, value: { locations } });
    expect(await api.locate(hashIds)).toEqual({ ok: true, value: { held: new Map([[1, 1]]), oddities: [] } });
    const body = `{"cluster":"a\\"b","topk":2,"prompt_hash":${digits}}`;
    expect(calls).toEqual([['a"b', { method: 'POST', path: '/v1/cache/query', body }]]);
  });

  it('asks for 1,000 engines at most', async () => {
    const { api, calls } = apiWith({ ok: true, value: { locations: [] } }, 1001);
    await api.locate(hashIds);
    expect(calls[0]?.[1].body).toContain('"topk":1000,');
  });

  it('saves what an engine holds', async () => {
    const { api, calls } = apiWith({ ok: true, value: null });
    expect(await api.save('10.0.0.1', hashIds)).toEqual({ ok: true, value: null });
    const body = `{"cluster":"a\\"b","ip":"10.0.0.1","prompt_hash":${digits}}`;
    expect(calls).toEqual([['a"b', { method: 'POST', path: '/v1/cache/save', body }]]);
  });

  it('says why a call failed', async () => {
    const failure = { ok: false, reason: 'HTTP 404' } as const;
    const { api } = apiWith(failure);
    expect([await api.locate(hashIds), await api.save('10.0.0.1', hashIds)]).toEqual([failure, failure]);
  });
});
