import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import Table from 'cli-table3';
import { CollectGarbage, Clock, GcPolicy, LoadStats, type Moment, RecordRequest } from '#load';
import { GarbageCollectionTimer } from '#platform';
import { cpuTimeOf } from './cpu-time.ts';
import { verdictOf } from './verdict.ts';

/**
 * What 1,000,000 live requests take: memory of each beyond an empty process, how long one that is recorded may make
 * the others wait, and how long when all expire within a minute, and within another are forgotten. The load context
 * as it is built, in this process, its timer included; its clock is moved so that nobody waits for ten minutes.
 *
 * Needs `--expose-gc`.
 */
const requests = 1_000_000;
const engines = 1_000;
const clusters = 10;
const expiryMs = 600_000;
const gcIntervalMs = 1_000;
const minuteMs = 60_000;
const none = Number.POSITIVE_INFINITY;
/** For each request. Columns take 65; objects of lives and records would take three times as much. */
const mostBytes = 80;

/** Stands where it is put, or runs with the machine's clock from there. */
class MovedClock extends Clock {
  #offsetMs = 0;
  #standsAtMs: number | undefined;

  standAt(monotonicMs: number): void {
    this.#standsAtMs = monotonicMs;
  }

  runFrom(monotonicMs: number): void {
    this.#standsAtMs = undefined;
    this.#offsetMs = monotonicMs - performance.now();
  }

  override now(): Moment {
    const monotonicMs = this.#standsAtMs ?? performance.now() + this.#offsetMs;
    return { monotonicMs, unixUs: Math.round(monotonicMs * 1_000) };
  }
}

interface Phase {
  readonly longestSliceMs: number;
  readonly longestStallMs: number;
  /** How long something else had the core though this process could have run; a stall may be that. */
  readonly waitedMs: number;
}

const table = new Table({ head: ['', 'measured', 'bar'], style: { head: [], border: [], compact: true } });
const clock = new MovedClock();
const load = new LoadStats(new GcPolicy(expiryMs), {
  maxRequests: requests,
  maxEngines: none,
  maxClusters: none,
  maxTombstones: 2 * requests,
});
const recordRequest = new RecordRequest(load, clock, { publish: () => undefined });
const collectGarbage = new CollectGarbage(load, clock);
let longestSliceMs = 0;
timeSlices();

const emptyBytes = heldBytes();
const emptyResidentBytes = process.memoryUsage.rss();
row('bytes of heap and off-heap for each request', await filled(), mostBytes, 0);
row(
  'resident bytes for each request',
  (process.memoryUsage.rss() - emptyResidentBytes) / requests,
  undefined,
  0,
);

const timer = new GarbageCollectionTimer(collectGarbage, gcIntervalMs);
timer.onApplicationBootstrap();
clock.runFrom(expiryMs);
phase('expiry within a minute', await measured(() => load.liveCount > 0));
clock.runFrom(new GcPolicy(expiryMs).forgetMs);
phase('forgetting within a minute', await measured(() => load.tombstoneCount > 0));
timer.onApplicationShutdown();
process.stdout.write(`${table.toString()}\n`);

/** Records all requests, spread over a minute of the clock. @returns bytes that each takes */
async function filled(): Promise<number> {
  let longestMs = 0;
  const { longestStallMs, waitedMs } = await measured(async () => {
    for (let index = 0; index < requests; index++) {
      clock.standAt((index * minuteMs) / requests);
      const body = bodyOf(index);
      const startedMs = performance.now();
      const outcome = recordRequest.execute(body.request_id, {
        timestampNs: BigInt(body.timestamp),
        cluster: body.cluster,
        ip: body.ip,
        promptLength: body.prompt_length,
      });
      longestMs = Math.max(longestMs, performance.now() - startedMs);
      if (outcome !== 'recorded') throw new Error(`a request was answered with ${outcome}`);
      if (index % 20 === 0) await nextTurn();
    }
    return false;
  });
  row('longest wait for one to be recorded, ms', longestMs, 50);
  row('longest stall while all are recorded, ms', longestStallMs, 50);
  row('waited for the core meanwhile, ms', waitedMs);
  return (heldBytes() - emptyBytes) / requests;
}

/** As a parser makes it: no text in it is shared. */
function bodyOf(index: number) {
  const id = String(index).padStart(12, '0');
  return JSON.parse(
    `{"request_id":"4bf92f35-77b3-4da6-a3ce-${id}","cluster":"llama-${index % clusters}","ip":"10.0.${Math.floor((index % engines) / 100)}.${index % 100}","prompt_length":${index % 4_096},"timestamp":"1763851234${id.slice(3)}"}`,
  ) as { request_id: string; cluster: string; ip: string; prompt_length: number; timestamp: string };
}

/** Watches the event loop for as long as something goes on. */
async function measured(goesOn: () => boolean | Promise<boolean>): Promise<Phase> {
  longestSliceMs = 0;
  const delay = monitorEventLoopDelay({ resolution: 1 });
  // What came before, a full collection of garbage among it, is not to be in it.
  await sleep(10);
  const before = cpuTimeOf(process.pid);
  delay.enable();
  while (await goesOn()) await sleep(100);
  await sleep(10);
  delay.disable();
  const waitedMs = (cpuTimeOf(process.pid).waitedUs - before.waitedUs) / 1_000;
  return { longestSliceMs, longestStallMs: delay.max / 1e6, waitedMs };
}

/** Measures each bite that is taken between two turns of the event loop. */
function timeSlices(): void {
  const execute = collectGarbage.execute.bind(collectGarbage);
  collectGarbage.execute = () => {
    const startedMs = performance.now();
    const isMoreDue = execute();
    longestSliceMs = Math.max(longestSliceMs, performance.now() - startedMs);
    return isMoreDue;
  };
}

function phase(name: string, { longestSliceMs, longestStallMs, waitedMs }: Phase): void {
  row(`${name}: longest slice of own work, ms`, longestSliceMs, 10);
  row(`${name}: longest stall, ms`, longestStallMs, 50);
  row(`${name}: waited for the core, ms`, waitedMs);
}

function heldBytes(): number {
  if (globalThis.gc === undefined) throw new Error('run it with --expose-gc');
  for (let time = 0; time < 3; time++) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function row(name: string, value: number, most?: number, digits = 1): void {
  table.push([name, value.toFixed(digits), most === undefined ? '' : verdictOf(value, most)]);
}
