import type { FullLoad, FullLoadPlan } from './generator.ts';

/** What a generator counted. */
export interface Tally {
  /** Those that were answered. */
  readonly calls: number;
  readonly durationUs: number;
  /** Calls that were answered with an error. */
  readonly failures: number;
  /** Connections that broke or were not made, and calls that were not answered in time. */
  readonly brokenConnections: number;
}

/**
 * Judges what a generator counted.
 *
 * @throws Error where a connection broke, more or fewer calls failed than were bad, or none was answered
 */
export function fullLoadOf({ url, calls, connections, seconds }: FullLoadPlan, tally: Tally): FullLoad {
  const badShare = calls.filter(({ status }) => status !== 200).length / calls.length;
  const bad = tally.calls * badShare;
  // What is under way on the connections at the end is not counted, and may be bad or good.
  const differ = Math.abs(tally.failures - bad) > (badShare === 0 ? 0 : connections);
  if (differ || tally.brokenConnections > 0)
    throw new Error(
      `of ${tally.calls} calls to ${url}, ${tally.failures} were answered with an error, ${Math.round(bad)} were to be; ${tally.brokenConnections} time-outs and broken connections`,
    );
  if (tally.calls === 0) throw new Error(`${url} answered no call within ${seconds} s`);
  return { calls: tally.calls, callsPerSecond: (tally.calls * 1e6) / tally.durationUs };
}
