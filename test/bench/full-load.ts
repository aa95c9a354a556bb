import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type MeasuredServer, cpuUsOf } from './processes.ts';

const run = promisify(execFile);
/** What `wrk` sends: small POSTs, or the three writes of each request. */
export type Calls = 'post' | 'life-cycle';

/** What full load costs. */
export interface FullLoad {
  readonly callsPerSecond: number;
  readonly cpuUsPerCall: number;
}

/** Loads all servers at once, as fast as they answer; one `wrk` with 16 connections each. */
export async function fullLoad(
  servers: readonly MeasuredServer[],
  seconds: number,
  sent: Calls,
): Promise<FullLoad> {
  const before = cpuUsOf(servers);
  const calls = await Promise.all(servers.map(({ url }) => load(url, seconds, sent)));
  const total = calls.reduce((sum, each) => sum + each, 0);
  return { callsPerSecond: total / seconds, cpuUsPerCall: (cpuUsOf(servers) - before) / total };
}

/** @returns how many calls were answered @throws Error where one was not answered with 200 */
async function load(url: string, seconds: number, sent: Calls): Promise<number> {
  const script = new URL(`${sent}.lua`, import.meta.url).pathname;
  const { stdout } = await run('wrk', ['-t1', '-c16', `-d${seconds}s`, '-s', script, `${url}/v1/load/stats`]);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`${url} did not answer all calls:\n${stdout}`);
  return Number(/(\d+) requests in/.exec(stdout)?.[1]);
}
