import { Worker } from 'node:worker_threads';
import { type Options, mutants, readOptions } from './options.js';
import { failureText } from './support/play-seeds.js';
import { simulate } from './support/simulate.js';
import { Tally } from './support/tally.js';
import type { Mutation } from './support/world.js';
import type { Outcome, Task } from './worker.js';

const seedsPerTask = 64;
const progressMs = 5_000;
const mostShown = 10;

const options = readOptions(process.argv.slice(2));
const mutation: Mutation = options.mutant === undefined ? {} : mutants[options.mutant];
const isGood =
  options.seed === undefined ? await playAll(options) : await playOne(options.seed, options.verbose);
process.exitCode = isGood ? 0 : 1;

/** One run, with all that happens where that is asked for. */
async function playOne(seed: number, isVerbose: boolean): Promise<boolean> {
  const tally = new Tally();
  const result = await simulate(seed, {
    mutation,
    trace: isVerbose
      ? (atMs, who, text) => print(`${atMs.toFixed(1).padStart(9)} ${who.padEnd(10)} ${text}`)
      : undefined,
  });
  tally.add(result);
  print(result.failures.length === 0 ? tally.text() : failureText(result));
  return result.failures.length === 0;
}

/** Many runs, on several threads. */
async function playAll({ seeds, from, workers }: Options): Promise<boolean> {
  const tally = new Tally();
  const startedMs = performance.now();
  let failed = 0;
  let next = from;
  const end = from + seeds;
  const progress = setInterval(() => {
    const perSecond = (tally.runs * 1_000) / (performance.now() - startedMs);
    print(`${tally.runs} of ${seeds} seeds, ${failed} failed, ${perSecond.toFixed(1)} a second`);
  }, progressMs);

  const nextTask = (): Task | undefined => {
    if (next >= end || failed >= mostShown) return undefined;
    const first = next;
    next = Math.min(next + seedsPerTask, end);
    return { first, count: next - first, mutation };
  };
  const onOutcome = (outcome: Outcome): void => {
    tally.add(outcome);
    if (outcome.failure === undefined) return;
    failed++;
    print(outcome.failure);
  };
  await Promise.all(Array.from({ length: workers }, () => work(nextTask, onOutcome)));

  clearInterval(progress);
  print(`${tally.text()}; ${failed} failed`);
  return failed === 0;
}

/** One thread, task after task. */
function work(nextTask: () => Task | undefined, onOutcome: (outcome: Outcome) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('worker.js', import.meta.url));
    const goOn = (): void => {
      const task = nextTask();
      if (task !== undefined) worker.postMessage(task);
      else void worker.terminate().then(() => resolve());
    };
    worker.on('error', reject);
    worker.on('message', (outcome: Outcome | 'done') => {
      if (outcome === 'done') goOn();
      else onOutcome(outcome);
    });
    goOn();
  });
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
