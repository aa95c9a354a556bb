import { describe, expect, it } from 'vitest';
import { playSeeds } from './support/play-seeds.js';
import type { Mutation } from './support/world.js';

const mostSeeds = 500;
const timeoutMs = 300_000;

/** @returns the first failure that is found; undefined where all runs are good */
async function firstFailureWith(mutation: Mutation): Promise<string | undefined> {
  let failure: string | undefined;
  await playSeeds({ first: 1, count: mostSeeds }, { mutation }, ({ failures }) => {
    failure ??= failures[0];
    return failure === undefined;
  });
  return failure;
}

describe('the simulation finds a counterexample', () => {
  it(
    'with repair switched off',
    async () => expect(await firstFailureWith({ repairIsOff: true })).toBeDefined(),
    timeoutMs,
  );

  it(
    'with tombstones of 5 s',
    async () => expect(await firstFailureWith({ tombstoneMs: 5_000 })).toBeDefined(),
    timeoutMs,
  );

  it(
    'with lives that are ordered by clock stamps in place of generations',
    async () => expect(await firstFailureWith({ livesAreOrderedByClocks: true })).toBeDefined(),
    timeoutMs,
  );

  it(
    'with snapshot cursors that are read after the last chunk',
    async () => expect(await firstFailureWith({ snapshotCursorsAreReadLast: true })).toBeDefined(),
    timeoutMs,
  );
});
