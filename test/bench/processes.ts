import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server that is measured: a process, and where it answers. */
export interface MeasuredServer {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const startTimeoutMs = 30_000;
/** Linux counts a process's CPU time in hundredths of a second (`getconf CLK_TCK`). */
const tickUs = 10_000;

/** Starts a server of the same Node, and waits until it answers `readyUrl` with 200. */
export async function startServer(
  script: string,
  { url, readyUrl = url, environment = {} }: ServerOptions,
): Promise<MeasuredServer> {
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await untilReady(readyUrl, child);
  return { url, pid: child.pid!, stop: () => stop(child) };
}

export interface ServerOptions {
  readonly url: string;
  readonly readyUrl?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** CPU time that processes have used, user and system, in µs, from the operating system's accounting. */
export function cpuUsOf(servers: readonly MeasuredServer[]): number {
  return servers.reduce((sum, { pid }) => sum + cpuTicks(pid) * tickUs, 0);
}

function cpuTicks(pid: number): number {
  // The name of the command, in parentheses, may hold blanks; utime and stime are fields 14 and 15.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`a server ended with ${child.exitCode} before it answered`);
    const answer = await fetch(url).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok === true) return;
    if (Date.now() > deadline) throw new Error(`no answer from ${url} within ${startTimeoutMs} ms`);
    await sleep(50);
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
