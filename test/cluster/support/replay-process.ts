import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const program = 'dist/apps/replay/src/main.js';

/** The replay's report, as far as tests look at it. */
export interface ReplayReport {
  readonly end: string;
  /** It found no error and no difference, as far as they are not tolerated, and all replicas right in the end. */
  readonly clean: boolean;
  readonly requests: number;
  readonly failed_calls: number;
  readonly differences: number;
  /** Whether all replicas answered the same in the end. */
  readonly agreed: boolean;
  readonly replicas: readonly { readonly right_after_ms: number | null }[];
}

/** Runs the replay against these replicas. @returns its report, and all that it wrote */
export async function runReplay(
  urls: readonly string[],
  ...args: readonly string[]
): Promise<ReplayReport & { readonly output: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'replay-'));
  const json = join(directory, 'report.json');
  const all = [program, '--target', urls.join(), '--json', json, ...args];
  const child = spawn(process.execPath, all, { stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    const output = `${stderr}${stdout}`;
    const report = await readFile(json, 'utf8').catch(() => '');
    if (report === '') throw new Error(`the replay has written no report:\n${output}`);
    return { ...(JSON.parse(report) as ReplayReport), output };
  } finally {
    child.kill('SIGKILL');
    await rm(directory, { recursive: true });
  }
}
