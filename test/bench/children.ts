import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface ChildOptions {
  /** The cores that the process may use, as `taskset` takes them; all where undefined. */
  readonly cores?: string | undefined;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

const running = new Set<ChildProcess>();

/** Starts a process that this one takes with it, however it ends. Its output is read, its errors are shown. */
export function startChild(
  command: string,
  args: readonly string[],
  stdout: 'ignore' | 'pipe',
  { cores, environment = {} }: ChildOptions = {},
): ChildProcess {
  // `taskset` becomes the command, so the process id is the command's.
  const [file, ...rest] =
    cores === undefined ? [command, ...args] : ['taskset', '-c', cores, command, ...args];
  const child = spawn(file!, rest, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', stdout, 'inherit'],
  });
  if (running.size === 0) endChildrenOnExit();
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** @returns what the process wrote @throws Error where it did not end with 0 */
export async function outputOf(
  command: string,
  args: readonly string[],
  options?: ChildOptions,
): Promise<string> {
  const child = startChild(command, args, 'pipe', options);
  let output = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (code !== 0) throw new Error(`${command} ended with ${signal ?? code}: ${output.slice(-2_000)}`);
  return output;
}

/** Ends the process in order, and waits for it. */
export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

let endsOnExit = false;

function endChildrenOnExit(): void {
  if (endsOnExit) return;
  endsOnExit = true;
  process.on('exit', () => {
    for (const child of running) child.kill('SIGKILL');
  });
  // An exit by a signal alone would leave them behind.
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
}
