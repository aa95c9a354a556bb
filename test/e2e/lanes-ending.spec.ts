import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FrameworkCalls } from './support/framework-calls.js';
import { bytesOf } from './support/raw-calls.js';
import { type Twin, Twins, steadyAnswer } from './support/twins.js';

const record = {
  method: 'POST',
  path: '/v1/load/stats',
  body: '{"cluster":"c","request_id":"r","ip":"10.0.0.1"}',
};
const query = { method: 'GET', path: '/v1/load/stats?cluster=c' };

/** The end of a replica while calls are under way, by the lane and by the framework. */
describe('a replica that ends', () => {
  let twins: Twins;
  beforeEach(async () => {
    twins = await Twins.start();
  });
  afterEach(() => twins[Symbol.asyncDispose]());

  /** Sends all but the end of a call, and waits until the replica has read it. @returns the end */
  const begin = async ({ replica, calls, connection }: Twin): Promise<Buffer> => {
    const accepted = once(replica.replica.api.getHttpServer() as Server, 'connection') as Promise<[Socket]>;
    const bytes = bytesOf(record, connection);
    calls.send(bytes.subarray(0, -5));
    const [served] = await accepted;
    await vi.waitFor(() => expect(served.bytesRead).toBe(bytes.length - 5));
    return bytes.subarray(-5);
  };

  it('answers a call whose body is on its way alike, and says that it closes', async () => {
    using frameworkCalls = new FrameworkCalls();
    const answers = [];
    for (const twin of twins.both) {
      const end = await begin(twin);
      const closed = twin.replica.close();
      answers.push([steadyAnswer(await twin.calls.exchange(end)), frameworkCalls.take()]);
      await closed;
    }
    const [[lane, byLane], [framework, byFramework]] = answers as [[string, number], [string, number]];
    expect(lane).toBe(framework);
    expect(lane).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\nconnection: close\r\n/);
    expect([byLane, byFramework]).toEqual([0, 1]);
  });

  it('cuts off a client that never sends the rest, and takes it for one that hung up', async () => {
    for (const twin of twins.both) {
      await begin(twin);
      const closed = twin.replica.close();
      (twin.replica.replica.api.getHttpServer() as Server).closeAllConnections();
      await closed;
      const lines = twin.replica.logLines.map((line) => JSON.parse(line) as { msg: string });
      expect(lines.slice(-2)).toMatchObject([
        { msg: 'call', status: 499, route: record.path },
        { msg: 'bye' },
      ]);
    }
  });

  it('refuses what comes after alike, however much of it', async () => {
    for (const { replica } of twins.both) replica.replica.readiness.drain();
    for (let i = 0; i < 100; i++) {
      const { lane, framework } = await twins.call(i % 2 === 0 ? query : record);
      expect(lane).toBe(framework);
      expect(lane).toMatch(/^HTTP\/1\.1 503 [^]*\r\nconnection: close\r\n/);
    }
    for (const { replica } of twins.both)
      expect(replica.logLines.filter((line) => line.includes('"status":503'))).toHaveLength(100);
  });
});
