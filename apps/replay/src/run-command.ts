import type { Clock } from './clock.js';
import { InputError } from './input-error.js';
import { parseArguments, type Options } from './options.js';
import { openProgress, type ProgressStream } from './progress.js';
import { seededRandom } from './random.js';
import { replay, type ReplayEnd } from './replay.js';
import type { StartResult } from './replica-process.js';
import { report } from './report.js';
import { Statistics } from './statistics.js';
import { readTrace } from './trace/read-trace.js';
import { syntheticRequests, syntheticTrace } from './trace/synthetic.js';
import type { Trace } from './trace/trace-request.js';

/** What the command works with. */
export interface CommandContext {
  /** Takes the report. */
  readonly stdout: NodeJS.WritableStream;
  /** Takes progress, errors and differences. */
  readonly stderr: ProgressStream;
  readonly clock: Clock;
  /** Unlike that of any other run. */
  readonly runId: string;
  /** Ends the run early. */
  readonly signal: AbortSignal;
  /** Starts the service where no --target is given. */
  readonly startReplica: () => Promise<StartResult>;
}

/** Exit codes; see the help text. */
const cleanExit = 0;
const failedExit = 1;
const badInputExit = 2;

/** Runs the whole command and gives its exit code. */
export async function runCommand(args: readonly string[], context: CommandContext): Promise<number> {
  try {
    const parsed = parseArguments(args);
    if ('options' in parsed) return await runWith(parsed.options, context);
    context.stdout.write(parsed.help);
    return cleanExit;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    context.stderr.write(`replay: ${error.message}\n`);
    return badInputExit;
  }
}

async function runWith(options: Options, context: CommandContext): Promise<number> {
  const trace = await traceOf(options);
  if (options.target !== undefined) {
    return (await play(options, trace, options.target, context)) ? cleanExit : failedExit;
  }
  const start = await context.startReplica();
  if (!start.ok) return fail(context, start.reason);
  const { replica } = start;
  let clean = false;
  let problem: string | undefined;
  try {
    clean = await play(options, trace, replica.target, context);
  } finally {
    problem = await replica.stop();
  }
  if (problem !== undefined) return fail(context, problem);
  return clean ? cleanExit : failedExit;
}

async function traceOf({ trace, requests, seed }: Options): Promise<Trace> {
  if (trace !== undefined) return readTrace(trace, requests);
  return syntheticTrace(requests ?? syntheticRequests, seededRandom(seed, 'trace'));
}

/** Plays the trace, reports, and says whether all went well. */
async function play(
  options: Options,
  trace: Trace,
  target: string,
  context: CommandContext,
): Promise<boolean> {
  const { stdout, stderr, clock, runId, signal } = context;
  const statistics = new Statistics();
  const progress = openProgress(stderr, trace.requests.length, clock);
  const startedMs = clock.nowMs();
  const plan = {
    ...options,
    requests: trace.requests,
    target,
    cluster: options.cluster ?? `replay-${runId}`,
  };
  const run = { clock, statistics, signal, idPrefix: runId, onFinished: progress.show };
  const outcome = await replay(plan, run).finally(() => progress.close());
  const elapsedMs = clock.nowMs() - startedMs;

  if (outcome.end === 'unusable') {
    stderr.write(`replay: ${outcome.reason}\n`);
    return false;
  }
  for (const line of statistics.problems) stderr.write(`${line}\n`);
  stdout.write(report(statistics, { ...options, traceName: trace.name, target, elapsedMs }));
  const verdict = verdictOn(outcome, statistics, options);
  stdout.write(`${verdict ?? 'No error, no difference.'}\n`);
  return verdict === undefined;
}

/** What is wrong, or undefined. */
function verdictOn(
  { end }: ReplayEnd,
  { errors, differences }: Statistics,
  { target }: Options,
): string | undefined {
  const found = `${errors} errors, ${differences} differences`;
  if (end === 'interrupted') {
    const left = 'Requests under way stay with the service until they expire.';
    return target === undefined ? `Interrupted: ${found}.` : `Interrupted: ${found}. ${left}`;
  }
  if (end === 'lost') return `failedExit, given up: the service stopped giving proper answers; ${found}.`;
  return errors + differences === 0 ? undefined : `FAILED: ${found}.`;
}

function fail({ stderr }: CommandContext, reason: string): number {
  stderr.write(`replay: ${reason}\n`);
  return failedExit;
}
