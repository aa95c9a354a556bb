import { writeFile } from 'node:fs/promises';
import type { Clock } from './clock.js';
import { InputError } from './input-error.js';
import { jsonReport } from './json-report.js';
import { parseArguments, type Options } from './options.js';
import { isClean, type Outcome } from './outcome.js';
import { plansOf } from './plans.js';
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

/** Plays the trace by each choice, reports, and says whether all went well. */
async function play(
  options: Options,
  trace: Trace,
  targets: readonly string[],
  context: CommandContext,
): Promise<boolean> {
  const { stdout, stderr, runId } = context;
  const plans = plansOf(options, trace, targets, runId);
  const outcomes: Outcome[] = [];
  for (const [index, plan] of plans.entries()) {
    if (plans.length > 1) stderr.write(`replay: ${plan.choice}, ${index + 1} of ${plans.length}\n`);
    const idPrefix = index === 0 ? runId : `${runId}-${plan.choice}`;
    const outcome = await playOnce(plan, trace.name, idPrefix, context);
    outcomes.push(outcome);
    if (outcome.end.end !== 'played') break;
  }

  if (options.json !== undefined) await writeJson(options.json, jsonReport(outcomes));
  const reported = outcomes.filter(({ end }) => end.end !== 'unusable');
  if (reported.length > 0) {
    stdout.write(report(reported));
    stdout.write(verdictOn(reported, options.target === undefined));
  }
  return outcomes.every(isClean);
}

/** Plays the trace once and tells of problems. */
async function playOnce(
  plan: ReplayPlan,
  traceName: string,
  idPrefix: string,
  { stderr, clock, signal }: CommandContext,
): Promise<Outcome> {
  const statistics = new Statistics();
  const progress = openProgress(stderr, requestsOf(plan), clock);
  const startedMs = clock.nowMs();
  const run = { clock, statistics, signal, idPrefix, onFinished: progress.show };
  const { end, replicas } = await replay(plan, run).finally(() => progress.close());
  const elapsedMs = clock.nowMs() - startedMs - watchedMsOf(end);
  if (end.end === 'unusable') stderr.write(`replay: ${end.reason}\n`);
  else for (const line of [...statistics.problems, ...endProblems(end)]) stderr.write(`${line}\n`);
  return { plan, traceName, end, statistics, replicas, elapsedMs };
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
