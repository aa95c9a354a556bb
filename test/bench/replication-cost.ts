import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { fullLoad } from './full-load.ts';
import { findGenerator } from './hot-path/find-generator.ts';
import { record, writes } from './hot-path/scenarios.ts';
import { pacedLoad } from './paced-load.ts';
import { type MeasuredServer, startServer } from './processes.ts';
import { startReplicas } from './replicas.ts';
import { median, quantile } from './statistics.ts';
import { verdictOf } from './verdict.ts';
import { visibilityMs } from './visibility.ts';

/**
 * What replication costs, as ratios of one run: CPU time of all replicas for each accepted write, with peers and
 * without, at full load and at 2,000 writes/s, and how soon a write is seen on the peers.
 */
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '8' } },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const warmUpSeconds = 10;
const pacedWritesPerSecond = 2_000;
const barePort = 18_390;

interface Round {
  readonly bareUs: number;
  readonly aloneUs: number;
  readonly replicatedUs: number;
  readonly pacedLoneUs: number;
  readonly pacedReplicatedUs: number;
}

// It finds one always, if it is not asked for a certain one.
const generator = (await findGenerator(undefined))!;
process.stdout.write(`full load by ${generator.name} ${generator.version}\n`);
const all: Round[] = [];
const delaysMs: number[] = [];
for (let round = 1; round <= rounds; round++) {
  const bareUs = await bare();
  const [aloneUs] = await measured(await startReplicas(3, ''), full);
  const [replicatedUs, pacedReplicatedUs] = await measured(
    await startReplicas(3, 'each other'),
    full,
    pacedWithProbes,
  );
  const [, pacedLoneUs] = await measured(await startReplicas(1, ''), full, paced);
  all.push({
    bareUs,
    aloneUs: aloneUs!,
    replicatedUs: replicatedUs!,
    pacedLoneUs: pacedLoneUs!,
    pacedReplicatedUs: pacedReplicatedUs!,
  });
  process.stdout.write(`round ${round}: ${JSON.stringify(all.at(-1))}\n`);
}
report();

/** @returns CPU µs of the yardstick for a small POST */
async function bare(): Promise<number> {
  const script = new URL('bare-server.ts', import.meta.url).pathname;
  const url = `http://127.0.0.1:${barePort}`;
  const server = await startServer(script, { url, environment: { PORT: String(barePort) } });
  await fullLoad(generator, [server], warmUpSeconds, [record]);
  const { cpuUsPerCall } = await fullLoad(generator, [server], seconds, [record]);
  await server.stop();
  return cpuUsPerCall;
}

async function measured(
  servers: MeasuredServer[],
  ...measures: ((servers: MeasuredServer[]) => Promise<number>)[]
): Promise<number[]> {
  await fullLoad(generator, servers, warmUpSeconds, writes);
  const figures: number[] = [];
  for (const measure of measures) figures.push(await measure(servers));
  await Promise.all(servers.map((server) => server.stop()));
  return figures;
}

async function full(servers: MeasuredServer[]): Promise<number> {
  return (await fullLoad(generator, servers, seconds, writes)).cpuUsPerCall;
}

async function paced(servers: MeasuredServer[]): Promise<number> {
  return (await pacedLoad(servers, pacedWritesPerSecond, seconds)).cpuUsPerWrite;
}

async function pacedWithProbes(servers: MeasuredServer[]): Promise<number> {
  const { cpuUsPerWrite } = await pacedLoad(servers, pacedWritesPerSecond, seconds);
  // Probes ask without a pause, which is no part of the cost: a second load is for them.
  const load = pacedLoad(servers, pacedWritesPerSecond, seconds);
  delaysMs.push(...(await visibilityMs(servers, seconds * 10, 50)));
  await load;
  return cpuUsPerWrite;
}

function report(): void {
  const bareUs = median(all.map((round) => round.bareUs));
  const addedUs = median(all.map((round) => round.replicatedUs - round.aloneUs));
  delaysMs.sort((a, b) => a - b);
  const table = new Table({ head: ['', 'median', 'bar'], style: { head: [], border: [], compact: true } });
  const row = (name: string, value: number, most?: number) =>
    table.push([name, value.toFixed(2), most === undefined ? '' : verdictOf(value, most)]);
  row('bare server, CPU µs per POST', bareUs);
  row('three replicas without peers, full load', median(all.map((round) => round.aloneUs)));
  row('three replicas with peers, full load', median(all.map((round) => round.replicatedUs)));
  row('added by two peers', addedUs);
  row('added, as a ratio to the bare server', addedUs / bareUs, 0.4);
  row('lone replica at 2,000 writes/s, µs per write', median(all.map((round) => round.pacedLoneUs)));
  row('three replicas at 2,000 writes/s', median(all.map((round) => round.pacedReplicatedUs)));
  row('ratio of the two', median(all.map((each) => each.pacedReplicatedUs / each.pacedLoneUs)), 2);
  row('visible on a peer after, p50 ms', quantile(delaysMs, 0.5), 2);
  row('visible on a peer after, p99 ms', quantile(delaysMs, 0.99), 8);
  process.stdout.write(`${table.toString()}\n`);
}
