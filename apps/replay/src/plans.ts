import { choiceNames, type ChoiceName } from './choice/choices.js';
import { bothChoices, type Options } from './options.js';
import type { ReplayPlan } from './replay.js';
import { hasPrefixes, type Trace, type TraceRequest } from './trace/trace-request.js';

/** The replays that the command line asks for, at least one, in their order; each has clusters of its own. */
export function plansOf(
  options: Options,
  { requests }: Trace,
  targets: readonly string[],
  runId: string,
): readonly ReplayPlan[] {
  const { cluster = `replay-${runId}` } = options;
  const choices = choicesOf(options, requests);
  const nameFor = (choice: ChoiceName): string => (choices.length === 1 ? cluster : `${cluster}-${choice}`);
  return choices.map((choice) => planOf(options, requests, targets, choice, nameFor(choice)));
}

/**
 * Where there are prefixes and no choice is asked for: whoever checks wants to see what they are worth; whoever
 * gave a rate wants it for so long, once, as AIGW makes it.
 */
function choicesOf({ choice, rate }: Options, requests: readonly TraceRequest[]): readonly ChoiceName[] {
  if (choice === bothChoices) return choiceNames;
  if (choice !== undefined) return [choice];
  if (!hasPrefixes(requests)) return ['least-loaded'];
  return rate === undefined ? choiceNames : ['cache-aware'];
}

function planOf(
  options: Options,
  requests: readonly TraceRequest[],
  targets: readonly string[],
  choice: ChoiceName,
  cluster: string,
): ReplayPlan {
  const { clusters: count, rate: perS, durationMs, inFlight, ...rest } = options;
  const clusters =
    count === 1 ? [cluster] : Array.from({ length: count }, (_, index) => `${cluster}-${index + 1}`);
  const plan = { ...rest, choice, requests, targets, clusters };
  if (perS === undefined) return plan;
  const requestCount =
    durationMs === undefined ? requests.length : Math.max(1, Math.round((perS * durationMs) / 1000));
  return { ...plan, rate: { perS, count: requestCount, inFlight } };
}
