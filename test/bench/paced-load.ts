import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { type MeasuredServer, cpuUsOf } from './processes.ts';

/** What a paced load cost. */
export interface PacedLoad {
  readonly writesPerSecond: number;
  readonly cpuUsPerWrite: number;
}

/**
 * Offers writes at a rate, whatever the answers do: the life cycles of requests (POST, DELETE prompt, DELETE), spread
 * as the AIGW gateway spreads them: POSTs by their clusters over all servers, all DELETEs to one.
 */
export async function pacedLoad(
  servers: readonly MeasuredServer[],
  writesPerSecond: number,
  seconds: number,
): Promise<PacedLoad> {
  const pools = servers.map(({ url }) => new Pool(url, { connections: 32 }));
  const run = `paced-${process.hrtime.bigint()}`;
  const pending = new Set<Promise<void>>();
  const startedMs = performance.now();
  const before = cpuUsOf(servers);
  let sent = 0;
  for (;;) {
    const elapsedMs = performance.now() - startedMs;
    if (elapsedMs >= seconds * 1_000) break;
    for (; sent < (elapsedMs * writesPerSecond) / 1_000; sent++) {
      const pool = sent % 3 === 0 ? pools[Math.floor(sent / 3) % pools.length]! : pools[0]!;
      const call = write(pool, run, sent).finally(() => pending.delete(call));
      pending.add(call);
    }
    await sleep(1);
  }
  await Promise.all(pending);
  const cpuUs = cpuUsOf(servers) - before;
  await Promise.all(pools.map((pool) => pool.close()));
  return { writesPerSecond: (sent * 1_000) / (performance.now() - startedMs), cpuUsPerWrite: cpuUs / sent };
}

/** Three calls in a row are one request's; those of different replicas may overtake each other. */
async function write(pool: Pool, run: string, index: number): Promise<void> {
  const id = `${run}-${Math.floor(index / 3)}`;
  const body =
    index % 3 === 0
      ? `{"cluster":"llama-70b","request_id":"${id}","ip":"10.0.0.${index % 200}","prompt_length":512,"timestamp":${1_763_851_234_000_000_000n + BigInt(index)}}`
      : `{"request_id":"${id}","cluster":"","ip":""}`;
  const [method, path] = calls[index % 3]!;
  // `reset: false`: undici would close the connection after each DELETE with a body.
  const { statusCode, body: answer } = await pool.request({ method, path, body, reset: false });
  const text = await answer.text();
  if (statusCode !== 200) throw new Error(`status ${statusCode}: ${text}`);
}

const calls = [
  ['POST', '/v1/load/stats'],
  ['DELETE', '/v1/load/prompt'],
  ['DELETE', '/v1/load/stats'],
] as const;
