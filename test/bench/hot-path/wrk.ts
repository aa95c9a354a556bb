import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { outputOf } from '../children.ts';
import { answerTimeoutSeconds, type FullLoadPlan, type LoadGenerator } from './generator.ts';
import { fullLoadOf, type Tally } from './tally.ts';

const script = new URL('calls.lua', import.meta.url).pathname;

/** @returns undefined where this host has none */
export async function findWrk(): Promise<LoadGenerator | undefined> {
  // It tells its version and ends with 1.
  const { stdout } = await promisify(execFile)('wrk', ['-v']).catch((error: { stdout?: string }) => ({
    stdout: error.stdout ?? '',
  }));
  const version = /^wrk (\S+)/.exec(stdout)?.[1];
  if (version === undefined) return undefined;
  return { name: 'wrk', version, load: async (plan) => fullLoadOf(plan, await run(plan)) };
}

async function run({ url, calls, first, connections, seconds, cores }: FullLoadPlan): Promise<Tally> {
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
  return JSON.parse(output.slice(output.lastIndexOf('\n{'))) as Tally;
}
