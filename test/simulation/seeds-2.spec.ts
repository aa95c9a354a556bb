import { describe, it } from 'vitest';
import { expectGoodRuns } from './support/expect-good-runs.js';

// In two files, for vitest runs files side by side.
describe('500 simulated runs with faults, seeds from 501', () => {
  it('end with replicas that agree, and on the truth where there is one', async () => {
    await expectGoodRuns({ first: 501, count: 500 });
  }, 300_000);
});
