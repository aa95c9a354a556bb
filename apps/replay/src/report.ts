import Table from 'cli-table3';
import { milliseconds, plainTable, whole } from './figures.js';
import type { Outcome } from './outcome.js';
import { callsFor, type Call } from './schedule.js';
import { summaryTable } from './summary-table.js';

const callNames: Readonly<Record<Call, string>> = {
  locate: 'locate   POST /v1/cache/query',
  query: 'query    GET /v1/load/stats',
  record: 'record   POST /v1/load/stats',
  release: 'release  DELETE /v1/load/prompt',
  remove: 'remove   DELETE /v1/load/stats',
  save: 'save     POST /v1/cache/save',
};

/** The tables that close one replay, or several of one trace. */
export function report(outcomes: readonly Outcome[]): string {
  const tables = [summaryTable(outcomes)];
  for (const outcome of outcomes) {
    if (outcomes.length > 1) tables.push(`${outcome.plan.choice}:`);
    tables.push(latencies(outcome));
    if (outcome.replicas.length > 1) tables.push(perReplica(outcome));
  }
  return `${tables.join('\n')}\n`;
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

function latencies({ plan, statistics }: Outcome): string {
  const table = new Table({
    head: ['call', 'calls', 'errors', 'p50 ms', 'p99 ms', 'max ms'],
    style: plainTable,
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right'],
  });
  for (const call of callsFor(plan.requests)) {
    const { calls, errors, p50Us, p99Us, maxUs } = statistics.figuresOf(call);
    table.push([callNames[call], whole(calls), whole(errors), ...[p50Us, p99Us, maxUs].map(milliseconds)]);
  }
  return table.toString();
}
