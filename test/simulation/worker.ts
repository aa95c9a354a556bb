import { parentPort } from 'node:worker_threads';
import { type SeedRange, failureText, playSeeds } from './support/play-seeds.js';
import type { RunResult } from './support/simulate.js';
import type { Mutation } from './support/world.js';

/** Runs that a worker is to play. */
export interface Task extends SeedRange {
  readonly mutation: Mutation;
}

/** What came of one run. */
export interface Outcome extends Pick<RunResult, 'seed' | 'calls' | 'boundMs' | 'isTruthKnown'> {
  /** For people; undefined for a good run. */
  readonly failure: string | undefined;
}

parentPort?.on('message', (task: Task) => void play(task));

async function play({ mutation, ...seeds }: Task): Promise<void> {
  await playSeeds(seeds, { mutation }, (result) => {
    const { seed, calls, boundMs, isTruthKnown, failures } = result;
    const failure = failures.length > 0 ? failureText(result) : undefined;
    parentPort!.postMessage({ seed, calls, boundMs, isTruthKnown, failure } satisfies Outcome);
    return true;
  });
  parentPort!.postMessage('done');
}
