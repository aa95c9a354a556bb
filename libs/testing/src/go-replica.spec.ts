import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GoReplica } from '#testing';

describe('GoReplica', () => {
  let replica: GoReplica;
  let peer: GoReplica;
  beforeEach(async () => {
    replica = await GoReplica.start();
    peer = await GoReplica.start();
    replica.setPeers([peer.address]);
  });
  afterEach(async () => {
    await replica.close();
    await peer.close();
  });

  const call = async (method: string, path: string, body?: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(replica.url + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    return { status: answer.status, text: await answer.text() };
  };
  const record =
    '{"cluster":"a<b","request_id":"r-1","prompt_length":512,"ip":"10.0.0.1","timestamp":1763851234567890123}';
  const reference = '{"request_id":"r-1","cluster":"","ip":""}';
  const counts = async (of: GoReplica) => {
    const answer = await fetch(`${of.url}/v1/load/stats?cluster=a%3Cb`);
    const { data } = (await answer.json()) as {
      data: { ip: string; queued_req_num: number; prompt_length: number }[] | null;
    };
    return data?.map(({ ip, queued_req_num, prompt_length }) => [ip, queued_req_num, prompt_length]) ?? null;
  };
  const told = () => vi.waitFor(() => expect(replica.eventsUnderWay).toBe(0));

  it('counts what clients say, and tells its peers in the words of Go', async () => {
    expect(await counts(replica)).toBeNull();
    const { status, text } = await call('POST', '/v1/load/stats', record, { TraceId: 't-1' });
    expect([status, text]).toEqual([200, '{"status":"OK","error":null,"data":null,"trace_id":"t-1"}']);
    await told();
    expect(await counts(peer)).toEqual([['10.0.0.1', 1, 512]]);
    await call('DELETE', '/v1/load/prompt', reference);
    await told();
    expect(await counts(peer)).toEqual([['10.0.0.1', 1, 0]]);
    await call('DELETE', '/v1/load/stats', reference);
    await told();
    expect(await counts(peer)).toEqual([['10.0.0.1', 0, 0]]);
    expect(await counts(replica)).toEqual([['10.0.0.1', 0, 0]]);
    expect(peer.received).toEqual([
      { type: 'load.stats.set', body: record.replace('a<b', String.raw`a\u003cb`) },
      { type: 'load.prompt.delete', body: '{"request_id":"r-1"}' },
      { type: 'load.stats.delete', body: '{"request_id":"r-1"}' },
    ]);
    expect([replica.requests, peer.requests, replica.lost]).toEqual([0, 0, 0]);
  });

  it('leaves a known request alone, and counts a forgotten one again', async () => {
    await call('POST', '/v1/load/stats', record);
    await call('POST', '/v1/load/stats', record);
    expect(await counts(replica)).toEqual([['10.0.0.1', 1, 512]]);
    await call('DELETE', '/v1/load/stats', reference);
    await call('POST', '/v1/load/stats', record);
    expect(await counts(replica)).toEqual([['10.0.0.1', 1, 512]]);
  });

  it('looks once more, after a second, for the request of a deletion that came first', async () => {
    await call('DELETE', '/v1/load/stats', reference);
    await call('POST', '/v1/load/stats', record);
    expect(replica.requests).toBe(1);
    await vi.waitFor(() => expect(replica.requests).toBe(0), 3_000);
  });

  it('answers as gin does where it has no such call', async () => {
    expect(await call('POST', '/v1/replica/events', '{}')).toEqual({
      status: 404,
      text: '404 page not found',
    });
    expect((await call('PUT', '/v1/load/stats', '{}')).status).toBe(404);
  });

  it('refuses events without a type that it knows, and what is no JSON', async () => {
    const event = (body: string, headers: Record<string, string>) =>
      call('POST', '/v1/replica/event', body, headers);
    expect((await event(record, {})).text).toContain('missing Event-Type header');
    expect((await event(record, { 'Event-Type': 'load.stats.get' })).text).toContain(
      'Unsupported event type',
    );
    expect((await event('{', { 'Event-Type': 'load.stats.set' })).text).toContain('handler execute error');
    expect((await event(record, { 'Event-Type': 'load.stats.set' })).status).toBe(200);
    expect(replica.requests).toBe(1);
    expect(peer.received).toEqual([]);
  });

  it('refuses records that lack what they must have', async () => {
    for (const bad of ['{', '{}', record.replace('10.0.0.1', 'x'), record.replace('512', '-1')])
      expect((await call('POST', '/v1/load/stats', bad)).status).toBe(400);
    expect((await call('GET', '/v1/load/stats')).status).toBe(400);
    expect(replica.requests).toBe(0);
  });

  it('tries twice, and then forgets', async () => {
    await peer.close();
    await call('POST', '/v1/load/stats', record);
    await told();
    expect(replica.lost).toBe(1);
  });
});
