import { autocannon } from './autocannon.ts';
import type { GeneratorName, LoadGenerator } from './generator.ts';
import { findWrk } from './wrk.ts';

/** @returns the one that is asked for, or the best that this host has; undefined where it does not have it */
export async function findGenerator(asked: GeneratorName | undefined): Promise<LoadGenerator | undefined> {
  return chooseGenerator(asked, await findWrk());
}

/** `wrk` takes the least CPU of its own, so it comes first. */
export function chooseGenerator(
  asked: GeneratorName | undefined,
  wrk: LoadGenerator | undefined,
): LoadGenerator | undefined {
  if (asked === 'autocannon') return autocannon;
  return wrk ?? (asked === undefined ? autocannon : undefined);
}
