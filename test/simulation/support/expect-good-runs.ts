import { expect } from 'vitest';
import { type SeedRange, failureText, playSeeds } from './play-seeds.js';
import { Tally } from './tally.js';

const mostShown = 5;

/** Plays a run for each seed, and fails with those that fail. */
export async function expectGoodRuns(seeds: SeedRange): Promise<void> {
  const tally = new Tally();
  const failures: string[] = [];
  await playSeeds(seeds, {}, (result) => {
    tally.add(result);
    if (result.failures.length > 0) failures.push(failureText(result));
    return failures.length < mostShown;
  });
  process.stdout.write(`${tally.text()}\n`);
  expect(failures.join('\n')).toBe('');
  expect(tally.runs).toBe(seeds.count);
  // Runs that could not fail would prove nothing.
  expect(tally.trueRuns).toBeGreaterThan(seeds.count / 2);
  expect(tally.byBound.get(3_000)).toBeGreaterThan(seeds.count / 3);
}
