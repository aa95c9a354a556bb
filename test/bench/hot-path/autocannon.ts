import manifest from 'autocannon/package.json' with { type: 'json' };
import { outputOf } from '../children.ts';
import type { FullLoadPlan, LoadGenerator } from './generator.ts';
import { fullLoadOf, type Tally } from './tally.ts';

const script = new URL('../cannon.ts', import.meta.url).pathname;

export interface CannonPlan extends FullLoadPlan {
  /** Ends with so many answers rather than after `seconds`: for specs, which no clock may decide. */
  readonly count?: number;
}

/** Every host has it, since it comes with the other packages; it takes more CPU than `wrk`. */
export const autocannon: LoadGenerator = {
  name: 'autocannon',
  version: manifest.version,
  load: async (plan) => fullLoadOf(plan, await runCannon(plan)),
};

/** Runs autocannon in a process of its own, on the cores of the plan. */
export async function runCannon(plan: CannonPlan): Promise<Tally> {
  return JSON.parse(
    await outputOf(process.execPath, [script, JSON.stringify(plan)], { cores: plan.cores }),
  ) as Tally;
}
