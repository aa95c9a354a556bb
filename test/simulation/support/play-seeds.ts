import { type RunOptions, type RunResult, simulate } from './simulate.js';

/** Runs at a time: waiting for the promises of one costs as much as for those of many. */
const lanes = 16;

/** Seeds, one after the other. */
export interface SeedRange {
  readonly first: number;
  readonly count: number;
}

/**
 * Plays a run for each seed.
 *
 * @param onResult hears of each; where it returns false, no more runs are begun
 */
export async function playSeeds(
  { first, count }: SeedRange,
  options: RunOptions,
  onResult: (result: RunResult) => boolean,
): Promise<void> {
  let next = first;
  let goesOn = true;
  const lane = async (): Promise<void> => {
    while (goesOn && next < first + count) {
      const result = await simulate(next++, options);
      if (!onResult(result)) goesOn = false;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** What failed, for people, and how to see it again. */
export function failureText({ seed, failures, boundMs, scenario }: RunResult): string {
  const kind = `${scenario.faults.join(', ') || 'no faults'}; the bound is ${boundMs} ms`;
  return [`seed ${seed} fails (${kind}):`, ...failures, `npm run simulate -- --seed ${seed} --verbose`].join(
    '\n  ',
  );
}
