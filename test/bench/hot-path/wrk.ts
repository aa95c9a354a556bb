import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { outputOf } from '../children.ts';
import type { Call } from './calls.ts';

const script = new URL('calls.lua', import.meta.url).pathname;
const answerTimeoutSeconds = 10;

export interface WrkPlan {
  readonly url: string;
  readonly calls: readonly Call[];
  /** The number of the first request. */
  readonly first: number;
  readonly connections: number;
  readonly seconds: number;
  readonly cores: string | undefined;
}

export interface FullLoad {
  /** Those that were answered. */
  readonly calls: number;
  readonly callsPerSecond: number;
}

/**
 * Loads a server as fast as it answers, each connection with one call at a time.
 *
 * @throws Error where a connection broke, or more or fewer calls failed than were bad
 */
export async function loadFully(plan: WrkPlan): Promise<FullLoad> {
  const { url, calls, first, connections, seconds, cores } = plan;
  const args = calls.flatMap(({ lag, text }) => [String(lag), text]);
  const output = await outputOf(
    'wrk',
    [
      '-t1',
      `-c${connections}`,
      `-d${seconds}s`,
      `--timeout=${answerTimeoutSeconds}s`,
      `--script=${script}`,
      '--',
      url,
      String(first),
      ...args,
    ],
    { cores },
  );
  const end = JSON.parse(output.slice(output.lastIndexOf('\n{'))) as {
    calls: number;
    durationUs: number;
    failures: number;
    brokenConnections: number;
  };
  const badShare = calls.filter(({ status }) => status !== 200).length / calls.length;
  // What is under way on the connections at the end is not counted, and may be bad or good.
  const differ = Math.abs(end.failures - end.calls * badShare) > (badShare === 0 ? 0 : connections);
  if (differ || end.brokenConnections > 0)
    throw new Error(
      `of ${end.calls} calls to ${url}, ${end.failures} were answered with an error, ${Math.round(end.calls * badShare)} were to be; ${end.brokenConnections} time-outs and broken connections`,
    );
  if (end.calls === 0) throw new Error(`${url} answered no call within ${seconds} s`);
  return { calls: end.calls, callsPerSecond: (end.calls * 1e6) / end.durationUs };
}

/** @returns undefined where there is none */
export async function wrkVersion(): Promise<string | undefined> {
  // It tells its version and ends with 1.
  const { stdout } = await promisify(execFile)('wrk', ['-v']).catch((error: { stdout?: string }) => ({
    stdout: error.stdout ?? '',
  }));
  return /^wrk (\S+)/.exec(stdout)?.[1];
}
