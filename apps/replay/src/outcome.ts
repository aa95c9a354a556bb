import type { CountedReplica } from './fleet/fleet.js';
import type { ReplayEnd, ReplayPlan } from './replay.js';
import type { Statistics } from './statistics.js';

/** All that there is to report of one replay. */
export interface Outcome {
  readonly plan: ReplayPlan;
  readonly traceName: string;
  readonly end: ReplayEnd;
  readonly statistics: Statistics;
  /** In order of their addresses. */
  readonly replicas: readonly CountedReplica[];
  /** How long the calls took together, from the first to the last; without the look at the end. */
  readonly elapsedMs: number;
}

/** Whether the replicas were right and equal in the end, where that was looked at. */
export function hasConverged(end: ReplayEnd): boolean {
  if (end.end !== 'played' || end.convergence === undefined) return true;
  const { agreed, replicas } = end.convergence;
  return agreed && replicas.every(({ rightAfterMs }) => rightAfterMs !== undefined);
}

/** Whether all went well, as far as faults are not tolerated. */
export function isClean({ plan, end, statistics }: Outcome): boolean {
  if (end.end !== 'played' || !hasConverged(end)) return false;
  return plan.tolerateFaults || statistics.errors + statistics.differences === 0;
}
