import { parseArgs } from 'node:util';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseJsonBody } from '#platform';
import { PrefixIndex } from '#prefix-cache';
import { NaivePrefixIndex } from './naive-prefix-index.ts';
import { quantile } from './statistics.ts';
import { verdictOf } from './verdict.ts';

/**
 * The prefix index in process, full: what a block costs in memory, how long queries, saves and the expiry of all take,
 * with as many engines as it may have, too; and the longest stall, whatever its cause. What the body of a query takes to
 * be parsed comes first. `--naive` measures a Map of Sets in the index's place, for which Node wants
 * `--max-old-space-size=16384`. Needs `--expose-gc`.
 */
const { values } = parseArgs({
  options: {
    blocks: { type: 'string', default: '8000000' },
    engines: { type: 'string', default: '1000' },
    calls: { type: 'string', default: '20000' },
    naive: { type: 'boolean', default: false },
  },
});
const [maxBlocks, engines, calls] = [values.blocks, values.engines, values.calls].map(Number) as [
  number,
  number,
  number,
];
const sharedHashes = 20;
const ownHashes = 180;
const holdersOfChain = 8;
const expiryMs = 3_600_000;
/** As the service collects. */
const biteBlocks = 250;
const cluster = 'llama-70b';
/** What the figures are held to. */
const [parsingMs, callMs, sliceMs, longestStallMs, mostMiB] = [0.06, 1, 10, 50, 1_024];

/** Xorshift32 (Marsaglia, 2003): the same chains in every run. */
let state = 0x9e3779b9;
function random(): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state >>> 0;
}

interface Chain {
  readonly length: number;
  readonly high: Uint32Array;
  readonly low: Uint32Array;
}

const head = Array.from({ length: sharedHashes }, () => [random(), random()] as const);

/** A system prompt that all share, then a conversation of its own. */
function newChain(): Chain {
  const own = Array.from({ length: ownHashes }, () => [random(), random()] as const);
  const hashes = [...head, ...own];
  return {
    length: hashes.length,
    high: Uint32Array.from(hashes, ([high]) => high),
    low: Uint32Array.from(hashes, ([, low]) => low),
  };
}

function hashTexts(count: number): string {
  return Array.from({ length: count }, () => (BigInt(random()) << 32n) | BigInt(random())).join(',');
}

function anyEngine(): string {
  const engine = random() % engines;
  return `10.0.${engine >> 8}.${engine & 255}`;
}

/** Clocked turn by turn: the work, and how long nothing else could be done, for the garbage collector's sake too. */
class Durations {
  readonly #ms: number[] = [];
  #longestTurnMs = 0;

  async time<T>(work: () => T): Promise<T> {
    const startedMs = performance.now();
    const result = work();
    this.#ms.push(performance.now() - startedMs);
    await nextTurn();
    this.#longestTurnMs = Math.max(this.#longestTurnMs, performance.now() - startedMs);
    return result;
  }

  /** @param mostP99Ms what the 99th percentile is to be at most */
  lineOf(mostP99Ms: number): string {
    const sorted = this.#ms.toSorted((a, b) => a - b);
    const [p50, p99, max] = [0.5, 0.99, 1].map((share) => quantile(sorted, share)) as [
      number,
      number,
      number,
    ];
    return (
      `p50 ${p50.toFixed(3)} ms, p99 ${p99.toFixed(3)} ms (${verdictOf(p99, mostP99Ms)}), ` +
      `max ${max.toFixed(3)} ms of ${sorted.length}; ` +
      `longest stall ${this.#longestTurnMs.toFixed(1)} ms (${verdictOf(this.#longestTurnMs, longestStallMs)})`
    );
  }
}

function memoryMiB(): number {
  globalThis.gc!();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}

/** A line of the report. */
function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const limits = { maxEngineBlocks: 131_072, maxBlocks, maxEngines: 100_000, expiryMs };
const index = values.naive ? undefined : new PrefixIndex(limits, random());
const naive = values.naive ? new NaivePrefixIndex(maxBlocks / engines) : undefined;
const blockCount = () => (index ?? naive!).blockCount;
let nowMs = 0;
const save = (ip: string, chain: Chain) =>
  index === undefined ? naive!.save(cluster, ip, chain) : index.save(cluster, ip, chain, nowMs, nowMs);
const query = (chain: Chain) =>
  index === undefined ? naive!.query(cluster, chain, 10) : index.query(cluster, chain, 10, nowMs);

const parsing = new Durations();
for (let i = 0; i < calls; i++) {
  const body = Buffer.from(`{"cluster":"${cluster}","prompt_hash":[${hashTexts(247)}],"topk":10}`);
  await parsing.time(() => parseJsonBody(body, ['prompt_hash']));
}
say(`parsing a query of 247 hashes  ${parsing.lineOf(parsingMs)}`);

const emptyMiB = memoryMiB();
const known: Chain[] = [];
const filling = new Durations();
while (blockCount() < maxBlocks * 0.999) {
  const chain = newChain();
  known[known.length < 20_000 ? known.length : random() % 20_000] = chain;
  for (let i = 0; i < holdersOfChain; i++) await filling.time(() => save(anyEngine(), chain));
  nowMs++;
}
const usedMiB = memoryMiB() - emptyMiB - (known.length * (head.length + ownHashes) * 8) / 2 ** 20;
say(`${values.naive ? 'a Map of Sets' : 'the index'}: ${blockCount()} blocks of ${engines} engines`);
say(
  `memory    ${usedMiB.toFixed(0)} MiB, ${((usedMiB * 2 ** 20) / blockCount()).toFixed(0)} bytes a block (${verdictOf(usedMiB, mostMiB)})`,
);
say(`filling   ${filling.lineOf(callMs)}`);

const queries = new Durations();
const saves = new Durations();
for (let i = 0; i < calls; i++) {
  const chain = known[random() % known.length]!;
  await queries.time(() => query(chain));
  await saves.time(() => save(anyEngine(), i % 2 === 0 ? chain : newChain()));
}
say(`query     ${queries.lineOf(callMs)}`);
say(`save      ${saves.lineOf(callMs)}`);

if (index !== undefined) {
  const longest = { length: 8_192, high: new Uint32Array(8_192), low: new Uint32Array(8_192) };
  const long = new Durations();
  // After a thousand they evict each other, and with each block its prefix.
  for (let i = 0; i < 1_500; i++) {
    longest.high.forEach((_, at) => (longest.high[at] = random()));
    await long.time(() => save(anyEngine(), longest));
  }
  say(`save of 8,192 new hashes  ${long.lineOf(sliceMs)}`);
  say(`expiry of all, in bites  ${(await expiryOf(index)).lineOf(sliceMs)}`);

  const crowded = new PrefixIndex(limits, random());
  const pair = { length: 2, high: Uint32Array.of(1, 2), low: Uint32Array.of(3, 4) };
  for (let i = 0; i < limits.maxEngines; i++) crowded.save(cluster, `engine-${i}`, pair, nowMs, nowMs);
  const newcomers = new Durations();
  for (let i = 0; i < 1_000; i++)
    await newcomers.time(() => crowded.save(cluster, `newcomer-${i}`, pair, nowMs, nowMs));
  say(`save to a new engine beyond ${limits.maxEngines}  ${newcomers.lineOf(callMs)}`);
  say(`expiry of all ${limits.maxEngines}, in bites  ${(await expiryOf(crowded)).lineOf(sliceMs)}`);
}

async function expiryOf(full: PrefixIndex): Promise<Durations> {
  const bites = new Durations();
  nowMs += expiryMs + 1;
  while (await bites.time(() => full.collect(nowMs, biteBlocks)));
  return bites;
}
