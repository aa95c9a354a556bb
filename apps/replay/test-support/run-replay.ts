import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { systemClock, type Clock } from '../src/clock.js';
import type { StartResult } from '../src/replica-process.js';
import { runCommand } from '../src/run-command.js';

/** What a run of the command left behind. */
export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts none. */
export const noReplica = (): Promise<StartResult> =>
  Promise.resolve({ ok: false, reason: 'no replica in this test' });

/** Runs the command to its end. */
export async function runReplay(
  args: readonly string[],
  startReplica = noReplica,
  clock: Clock = systemClock,
): Promise<Ran> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const { signal } = new AbortController();
  const exitCode = await runCommand(args, { stdout, stderr, clock, runId: 'run', signal, startReplica });
  return { exitCode, stdout: await text(stdout.end()), stderr: await text(stderr.end()) };
}
