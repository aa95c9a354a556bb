/**
 * A process of its own that calls replicas all the time, one call after the other at each of them, and tells of the
 * slowest: `prober.ts CLUSTER URL…`. Prints `probing` when it has begun, and the figures as JSON at SIGTERM. Runs
 * without a build, so it imports nothing of the project and has no types that do more than vanish.
 */
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const periodMs = 10;
const [cluster, ...urls] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const slowest = new Map(urls.map((url) => [url, { calls: 0, failures: 0, worstMs: 0 }]));
const ending = new AbortController();

function call(method: string, url: string, body?: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const headers = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const outgoing = request(url, { method, agent, headers }, (incoming) => {
      incoming.resume().on('end', () => resolve(incoming.statusCode));
    });
    outgoing.on('error', () => resolve(undefined)).end(body);
  });
}

async function probe(url: string): Promise<void> {
  const figures = slowest.get(url)!;
  for (let number = 0; !ending.signal.aborted; number++) {
    const id = `probe-${url}-${Math.floor(number / 3)}`;
    const record = JSON.stringify({ cluster, request_id: id, ip: '10.9.9.9', timestamp: number + 1 });
    const calls = [
      ['POST', '/v1/load/stats', record],
      ['GET', `/v1/load/stats?cluster=${cluster}`, undefined],
      ['DELETE', '/v1/load/stats', JSON.stringify({ request_id: id })],
    ] as const;
    const [method, path, body] = calls[number % 3]!;
    const startedMs = performance.now();
    const status = await call(method, url + path, body);
    figures.worstMs = Math.max(figures.worstMs, performance.now() - startedMs);
    figures.calls++;
    if (status !== 200) figures.failures++;
    await sleep(periodMs);
  }
}

process.on('SIGTERM', () => ending.abort());
// The first calls open connections.
for (const url of urls) await call('GET', `${url}/v1/load/stats?cluster=${cluster}`);
process.stdout.write('probing\n');
await Promise.all(urls.map(probe));
process.stdout.write(`${JSON.stringify(Object.fromEntries(slowest))}\n`);
agent.destroy();
