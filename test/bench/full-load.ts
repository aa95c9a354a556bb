import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type MeasuredServer, cpuUsOf } from './processes.ts';

const run = promisify(execFile);
const script = new URL('post.lua', import.meta.url).pathname;

/** What full load costs. */
export interface FullLoad {
  readonly callsPerSecond: number;
  readonly cpuUsPerCall: number;
}

/** Loads all servers at once with POSTs, as fast as they answer; one `wrk` with 16 connections each. */
export async function fullLoad(servers: readonly MeasuredServer[], seconds: number): Promise<FullLoad> {
  const before = cpuUsOf(servers);
  const calls = await Promise.all(servers.map(({ url }) => post(url, seconds)));
  const total = calls.reduce((sum, each) => sum + each, 0);
  return { callsPerSecond: total / seconds, cpuUsPerCall: (cpuUsOf(servers) - before) / total };
}

/** @returns how many calls were answered @throws Error where one was not answered with 200 */
async function post(url: string, seconds: number): Promise<number> {
  const load = ['-t1', '-c16', `-d${seconds}s`, '-s', script];
  const { stdout } = await run('wrk', [...load, `${url}/v1/load/stats`]);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`${url} did not answer all calls:\n${stdout}`);
  return Number(/(\d+) requests in/.exec(stdout)?.[1]);
}
