import { outputOf } from '../children.ts';
import type { Call } from './calls.ts';

const script = new URL('../pacer.ts', import.meta.url).pathname;
/** In MiB: its garbage is collected a few times in a run rather than fifty times a second, which delayed its calls. */
const flags = ['--min-semi-space-size=64', '--max-semi-space-size=64'];

/** What the pacer is to do. */
export interface PacerPlan {
  readonly url: string;
  readonly calls: readonly Call[];
  /** The number of the first request. */
  readonly first: number;
  readonly count: number;
  /** As fast as answers come where undefined. */
  readonly callsPerSecond?: number;
  /** How many calls at the beginning no figure is of. */
  readonly uncounted: number;
  readonly connections: number;
}

export interface Quantiles {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
}

export interface PacerReport {
  readonly callsPerSecond: number;
  /** From when a call was to be sent to its answer. */
  readonly latency: Quantiles;
  /** How late the pacer itself came to send it; a server that keeps all connections busy has no part in it. */
  readonly lag: Quantiles;
}

/** @throws Error where a call is not answered as it must be */
export async function runPacer(plan: PacerPlan, cores: string | undefined): Promise<PacerReport> {
  return JSON.parse(
    await outputOf(process.execPath, [...flags, script, JSON.stringify(plan)], { cores }),
  ) as PacerReport;
}
