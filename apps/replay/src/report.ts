import Table from 'cli-table3';
import type { Outcome } from './outcome.js';
import type { ReplayPlan } from './replay.js';
import { callKinds, type Call } from './schedule.js';
import type { Statistics } from './statistics.js';

const callNames: Readonly<Record<Call, string>> = {
  query: 'query    GET /v1/load/stats',
  record: 'record   POST /v1/load/stats',
  release: 'release  DELETE /v1/load/prompt',
  remove: 'remove   DELETE /v1/load/stats',
};

/** The tables that close a replay. */
export function report(outcome: Outcome): string {
  const tables = [summary(outcome), latencies(outcome.statistics)];
  if (outcome.replicas.length > 1) tables.push(perReplica(outcome));
  return `${tables.join('\n')}\n`;
}

function summary({ plan, traceName, statistics, replicas, elapsedMs }: Outcome): string {
  const table = new Table({ style: plainTable, colAligns: ['left', 'right'] });
  table.push(
    ['trace', traceName],
    replicas.length === 1 ? ['target', plan.targets[0] ?? ''] : ['replicas', whole(replicas.length)],
    ...(plan.clusters.length > 1 ? [['clusters', whole(plan.clusters.length)]] : []),
    ['engines', whole(plan.engines)],
    ...pace(plan, statistics),
    ['requests', whole(statistics.finishedRequests)],
    ['calls', whole(statistics.calls)],
    ['calls/s', whole(statistics.calls / Math.max(elapsedMs / 1000, 1e-6))],
    ['duration', `${(elapsedMs / 1000).toFixed(1)} s`],
    ...(plan.rate !== undefined || plan.speed !== 'max'
      ? [['latest start of a call after its time', `${statistics.largestDelayMs.toFixed(1)} ms`]]
      : []),
    ['largest spread of queued requests between engines', whole(statistics.largestSpread)],
    ['mean spread of queued requests between engines', statistics.meanSpread.toFixed(2)],
    ['answers compared with the books', whole(statistics.comparisons)],
    ['of these, with nothing in flight: equal to them', whole(statistics.exactComparisons)],
    ['differences', whole(statistics.differences)],
    ['errors', whole(statistics.errors)],
    ...(statistics.errors > 0
      ? [
          ['requests with an error', whole(statistics.troubledRequests)],
          ['of these, in doubt: the removal failed', whole(statistics.doubts)],
        ]
      : []),
  );
  return table.toString();
}

function pace({ rate, speed }: ReplayPlan, { reachedRatePerS }: Statistics): string[][] {
  if (rate === undefined) return [['speed', speed === 'max' ? 'max' : `${speed} × real time`]];
  const reached = reachedRatePerS === undefined ? 'one request' : `${inTenths(reachedRatePerS)} requests/s`;
  return [
    ['rate offered', `${inTenths(rate.perS)} requests/s`],
    ['rate reached', reached],
  ];
}

function perReplica({ replicas, end }: Outcome): string {
  const table = new Table({
    head: ['replica', 'calls', 'time-outs', 'other failures', 'retries taken', 'errors', 'right after'],
    style: plainTable,
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
  });
  const ends = end.end === 'played' ? end.convergence?.replicas : undefined;
  for (const [place, { address, figures }] of replicas.entries()) {
    const { attempts, timeouts, refusals, retries, failedCalls } = figures;
    const rightAfterMs = ends?.[place]?.rightAfterMs;
    const right = rightAfterMs === undefined ? 'not right' : `${Math.ceil(rightAfterMs)} ms`;
    const counts = [attempts, timeouts, refusals, retries, failedCalls].map(whole);
    table.push([address, ...counts, ends === undefined ? '' : right]);
  }
  return table.toString();
}

function latencies(statistics: Statistics): string {
  const table = new Table({
    head: ['call', 'calls', 'errors', 'p50 ms', 'p99 ms', 'max ms'],
    style: plainTable,
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right'],
  });
  for (const call of callKinds) {
    const { calls, errors, p50Us, p99Us, maxUs } = statistics.figuresOf(call);
    table.push([callNames[call], whole(calls), whole(errors), ...[p50Us, p99Us, maxUs].map(milliseconds)]);
  }
  return table.toString();
}

/** Without colours, which a file or a CI log would show as codes. */
const plainTable = { head: [], border: [], compact: true };

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function inTenths(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 1 });
}

function milliseconds(valueUs: number): string {
  return (valueUs / 1000).toFixed(2);
}
