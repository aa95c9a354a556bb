import { once } from 'node:events';
import { createServer } from 'node:net';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import { startReplicas } from './replicas.ts';
import { median, quantile } from './statistics.ts';

/**
 * Whether a peer that hangs slows a client's write: the latency of POSTs at 1,000 a second to a replica alone, and to
 * one whose only peer takes connections and never answers. Alternated; the median of the rounds decides.
 */
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '8' } },
});
const seconds = Number(values.seconds);
const warmUpSeconds = 4;
const writesPerSecond = 1_000;

const black = createServer((socket) => socket.on('error', () => socket.destroy()).resume());
black.listen(0, '127.0.0.1');
await once(black, 'listening');
const { port } = black.address() as { port: number };

const p99Ms = { alone: [] as number[], hanging: [] as number[] };
for (let round = 1; round <= Number(values.rounds); round++) {
  for (const [name, peers] of [
    ['alone', ''],
    ['hanging', `127.0.0.1:${port}`],
  ] as const) {
    const [replica] = await startReplicas(1, peers);
    await latenciesMs(replica!.url, warmUpSeconds);
    p99Ms[name].push(quantile(await latenciesMs(replica!.url, seconds), 0.99));
    await replica!.stop();
  }
  process.stdout.write(
    `round ${round}: p99 ${p99Ms.alone.at(-1)!.toFixed(2)} ms alone, ${p99Ms.hanging.at(-1)!.toFixed(2)} ms with a peer that hangs\n`,
  );
}
const [aloneMs, hangingMs] = [median(p99Ms.alone), median(p99Ms.hanging)];
process.stdout.write(
  `median p99: ${aloneMs.toFixed(2)} ms alone, ${hangingMs.toFixed(2)} ms with a peer that hangs (bar: + 25 % or + 0.5 ms)\n`,
);
black.close();
process.exit(0);

/** POSTs at the rate whatever the answers do; latency counts from the moment at which a call should have left. */
async function latenciesMs(url: string, forSeconds: number): Promise<number[]> {
  const pool = new Pool(url, { connections: 64 });
  const run = `lat-${process.hrtime.bigint()}`;
  const total = forSeconds * writesPerSecond;
  const latencies: number[] = [];
  const pending: Promise<void>[] = [];
  const startedMs = performance.now();
  for (let sent = 0; sent < total;) {
    const due = Math.min(total, ((performance.now() - startedMs) * writesPerSecond) / 1_000);
    for (; sent < due; sent++) pending.push(write(sent, startedMs + (sent * 1_000) / writesPerSecond));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(pending);
  await pool.close();
  return latencies.sort((a, b) => a - b);

  async function write(index: number, dueMs: number): Promise<void> {
    const body = `{"cluster":"llama-70b","request_id":"${run}-${index}","ip":"10.0.0.1","prompt_length":512}`;
    const answer = await pool.request({ method: 'POST', path: '/v1/load/stats', body });
    await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`status ${answer.statusCode}`);
    latencies.push(performance.now() - dueMs);
  }
}
