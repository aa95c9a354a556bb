import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import type { MeasuredServer } from './processes.ts';

/**
 * How long after its answer a write is seen on another replica, in ms: each probe is the first request of a cluster
 * of its own, for which the other replica is asked without a pause until it knows it.
 */
export async function visibilityMs(
  [origin, ...peers]: readonly MeasuredServer[],
  probes: number,
  pauseMs: number,
): Promise<number[]> {
  const pools = [origin!, ...peers].map(({ url }) => new Pool(url, { connections: 1 }));
  const run = `seen-${process.hrtime.bigint()}`;
  const delays: number[] = [];
  for (let probe = 0; probe < probes; probe++) {
    const cluster = `${run}-${probe}`;
    await call(pools[0]!, 'POST', '/v1/load/stats', {
      cluster,
      request_id: cluster,
      ip: '10.1.0.1',
      prompt_length: 1,
    });
    const writtenMs = performance.now();
    const peer = pools[1 + (probe % peers.length)]!;
    while ((await call(peer, 'GET', `/v1/load/stats?cluster=${cluster}`)).length === 0);
    delays.push(performance.now() - writtenMs);
    await call(pools[0]!, 'DELETE', '/v1/load/stats', { request_id: cluster });
    await sleep(pauseMs);
  }
  await Promise.all(pools.map((pool) => pool.close()));
  return delays.sort((a, b) => a - b);
}

async function call(
  pool: Pool,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  fields?: object,
): Promise<unknown[]> {
  const body = fields === undefined ? null : JSON.stringify(fields);
  const answer = await pool.request({ method, path, body, reset: false });
  const { data } = (await answer.body.json()) as { data: unknown[] | null };
  if (answer.statusCode !== 200) throw new Error(`status ${answer.statusCode}`);
  return data ?? [];
}
