import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ChildOptions, startChild, stopChild } from './children.ts';
import { cpuTimeOf } from './cpu-time.ts';

/** A server that is measured: a process, and where it answers. */
export interface MeasuredServer {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export interface ServerOptions extends ChildOptions {
  readonly url: string;
  readonly readyUrl?: string;
  /** Flags of Node. */
  readonly flags?: readonly string[];
}

const startTimeoutMs = 30_000;

/** Starts a server of the same Node, and waits until it answers `readyUrl` with 200. */
export async function startServer(
  script: string,
  { url, readyUrl = url, flags = [], ...options }: ServerOptions,
): Promise<MeasuredServer> {
  const child = startChild(process.execPath, [...flags, script], 'ignore', options);
  await untilReady(readyUrl, child);
  return { url, pid: child.pid!, stop: () => stopChild(child) };
}

/** CPU time that processes have used, user and system, in µs, from the operating system's accounting. */
export function cpuUsOf(servers: readonly MeasuredServer[]): number {
  return servers.reduce((sum, { pid }) => sum + cpuTimeOf(pid).usedUs, 0);
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
