import type { ReplicaEnd } from './convergence.js';
import type { CountedReplica } from './fleet/fleet.js';
import { sumOf, type ReplicaFigures } from './fleet/replica-figures.js';
import { isClean, type Outcome } from './outcome.js';
import { callsFor } from './schedule.js';
import { hitRatioOf, type PrefixFigures } from './statistics.js';
import { hasPrefixes } from './trace/trace-request.js';

/**
 * The report as JSON, for programs; a name with a unit ends in it. Of two replays the last one's, with the
 * other under `compared_with`; `clean` tells of both.
 */
export function jsonReport(outcomes: readonly Outcome[]): string {
  const [last, before] = outcomes.toReversed().map(fieldsOf);
  const fields = { ...last, clean: outcomes.every(isClean), compared_with: before ?? null };
  return `${JSON.stringify(fields, undefined, 2)}\n`;
}

function fieldsOf(outcome: Outcome): Readonly<Record<string, unknown>> {
  const { plan, traceName, end, statistics, replicas, elapsedMs } = outcome;
  const convergence = end.end === 'played' ? end.convergence : undefined;
  return {
    end: end.end,
    clean: isClean(outcome),
    reason: end.end === 'unusable' ? end.reason : null,
    trace: traceName,
    clusters: plan.clusters,
    engines: plan.engines,
    choice: plan.choice,
    speed: plan.rate === undefined ? plan.speed : null,
    rate_offered_per_s: plan.rate?.perS ?? null,
    rate_reached_per_s: statistics.reachedRatePerS ?? null,
    largest_delay_ms: statistics.largestDelayMs,
    elapsed_ms: elapsedMs,
    requests: statistics.finishedRequests,
    calls: statistics.calls,
    failed_calls: statistics.errors,
    differences: statistics.differences,
    mean_spread: statistics.meanSpread,
    largest_spread: statistics.largestSpread,
    prefixes: hasPrefixes(plan.requests) ? prefixFields(statistics.prefixes) : null,
    comparisons: statistics.comparisons,
    exact_comparisons: statistics.exactComparisons,
    requests_with_failed_calls: statistics.troubledRequests,
    requests_in_doubt: statistics.doubts,
    first_ids_in_doubt: statistics.doubtedIds,
    first_problems: statistics.problems,
    ...attemptFields(sumOf(replicas.map(({ figures }) => figures))),
    agreed: convergence?.agreed ?? null,
    replicas: replicas.map((replica, place) => replicaFields(replica, convergence?.replicas[place])),
    latencies: Object.fromEntries(
      callsFor(plan.requests).map((call) => {
        const { calls, errors, p50Us, p99Us, maxUs } = statistics.figuresOf(call);
        const latencies = { p50_ms: p50Us / 1000, p99_ms: p99Us / 1000, max_ms: maxUs / 1000 };
        return [call, { calls, failed_calls: errors, ...latencies }];
      }),
    ),
  };
}

function prefixFields(figures: PrefixFigures): Readonly<Record<string, number>> {
  const { requests, hits, blocks, hitBlocks } = figures;
  return { requests, hits, blocks, hit_blocks: hitBlocks, hit_ratio: hitRatioOf(figures) };
}

function replicaFields(
  { address, target, figures }: CountedReplica,
  end: ReplicaEnd | undefined,
): Readonly<Record<string, unknown>> {
  return {
    address,
    target,
    ...attemptFields(figures),
    failed_calls: figures.failedCalls,
    right_after_ms: end?.rightAfterMs ?? null,
    wrong: end?.wrong ?? [],
  };
}

function attemptFields({
  attempts,
  retries,
  timeouts,
  refusals,
}: ReplicaFigures): Readonly<Record<string, number>> {
  return { attempts, retries, timeouts, other_failures: refusals };
}
