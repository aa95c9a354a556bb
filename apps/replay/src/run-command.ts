import { writeFile } from 'node:fs/promises';
import type { Clock } from './clock.js';
import { InputError } from './input-error.js';
import { jsonReport } from './json-report.js';
import { parseArguments, type Options } from './options.js';
import { isClean } from './outcome.js';
import { openProgress, type ProgressStream } from './progress.js';
import { seededRandom } from './random.js';
import { replay, requestsOf, type ReplayEnd, type ReplayPlan } from './replay.js';
import type { StartResult } from './replica-process.js';
import { report } from './report.js';
import { Statistics } from './statistics.js';
import { readTrace } from './trace/read-trace.js';
import { syntheticRequests, syntheticTrace } from './trace/synthetic.js';
import type { Trace } from './trace/trace-request.js';
import { verdictOn } from './verdict.js';

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
  if (options.json !== undefined) await writeJson(options.json, '');
  if (options.target !== undefined) {
    return (await play(options, trace, options.target, context)) ? cleanExit : failedExit;
  }
  const start = await context.startReplica();
  if (!start.ok) return fail(context, start.reason);
  const { replica } = start;
  let clean = false;
  let problem: string | undefined;
  try {
    clean = await play(options, trace, [replica.target], context);
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
  targets: readonly string[],
  context: CommandContext,
): Promise<boolean> {
  const { stdout, stderr, clock, runId, signal } = context;
  const statistics = new Statistics();
  const plan = planOf(options, trace, targets, runId);
  const progress = openProgress(stderr, requestsOf(plan), clock);
  const startedMs = clock.nowMs();
  const run = { clock, statistics, signal, idPrefix: runId, onFinished: progress.show };
  const { end, replicas } = await replay(plan, run).finally(() => progress.close());
  const elapsedMs = clock.nowMs() - startedMs - watchedMsOf(end);
  const outcome = { plan, traceName: trace.name, end, statistics, replicas, elapsedMs };

  if (options.json !== undefined) await writeJson(options.json, jsonReport(outcome));
  if (end.end === 'unusable') {
    stderr.write(`replay: ${end.reason}\n`);
    return false;
  }
  for (const line of [...statistics.problems, ...endProblems(end)]) stderr.write(`${line}\n`);
  stdout.write(report(outcome));
  stdout.write(`${verdictOn(outcome, options.target === undefined)}\n`);
  return isClean(outcome);
}

function planOf(
  options: Options,
  { requests }: Trace,
  targets: readonly string[],
  runId: string,
): ReplayPlan {
  const { clusters, cluster = `replay-${runId}`, rate: perS, durationMs, inFlight, ...rest } = options;
  const names =
    clusters === 1 ? [cluster] : Array.from({ length: clusters }, (_, index) => `${cluster}-${index + 1}`);
  const plan = { ...rest, requests, targets, clusters: names };
  if (perS === undefined) return plan;
  const count =
    durationMs === undefined ? requests.length : Math.max(1, Math.round((perS * durationMs) / 1000));
  return { ...plan, rate: { perS, count, inFlight } };
}

function watchedMsOf(end: ReplayEnd): number {
  return end.end === 'played' ? (end.convergence?.watchedMs ?? 0) : 0;
}

function endProblems(end: ReplayEnd): readonly string[] {
  if (end.end !== 'played') return [];
  return (end.convergence?.replicas ?? []).flatMap(({ address, rightAfterMs, wrong }) =>
    rightAfterMs === undefined ? wrong.map((line) => `at the end: ${address}: ${line}`) : [],
  );
}

async function writeJson(file: string, content: string): Promise<void> {
  try {
    await writeFile(file, content);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`--json ${file} can't be written: ${reason}`);
  }
}

function fail({ stderr }: CommandContext, reason: string): number {
  stderr.write(`replay: ${reason}\n`);
  return failedExit;
}
