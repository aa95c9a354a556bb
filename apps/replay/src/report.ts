import Table from 'cli-table3';
import { callKinds, type Call } from './schedule.js';
import type { Speed } from './replay.js';
import type { Statistics } from './statistics.js';

/** What the report says beyond what was counted. */
export interface ReportContext {
  readonly traceName: string;
  readonly target: string;
  readonly engines: number;
  readonly speed: Speed;
  /** How long the calls took together, from the first to the last. */
  readonly elapsedMs: number;
}

const callNames: Readonly<Record<Call, string>> = {
  query: 'query    GET /v1/load/stats',
  record: 'record   POST /v1/load/stats',
  release: 'release  DELETE /v1/load/prompt',
  remove: 'remove   DELETE /v1/load/stats',
};

/** The tables that close a replay. */
export function report(statistics: Statistics, context: ReportContext): string {
  return `${summary(statistics, context)}\n${latencies(statistics)}\n`;
}

function summary(
  statistics: Statistics,
  { traceName, target, engines, speed, elapsedMs }: ReportContext,
): string {
  const table = new Table({ style: plainTable, colAligns: ['left', 'right'] });
  const paced = speed !== 'max';
  table.push(
    ['trace', traceName],
    ['target', target],
    ['engines', whole(engines)],
    ['speed', paced ? `${speed} × real time` : 'max'],
    ['requests', whole(statistics.finishedRequests)],
    ['calls', whole(statistics.calls)],
    ['calls/s', whole(statistics.calls / Math.max(elapsedMs / 1000, 1e-6))],
    ['duration', `${(elapsedMs / 1000).toFixed(1)} s`],
    ...(paced
      ? [['latest start of a call after its time', `${statistics.largestDelayMs.toFixed(1)} ms`]]
      : []),
    ['largest spread of queued requests between engines', whole(statistics.largestSpread)],
    ['mean spread of queued requests between engines', statistics.meanSpread.toFixed(2)],
    ['answers compared with the books', whole(statistics.comparisons)],
    ['of these, with nothing in flight: equal to them', whole(statistics.exactComparisons)],
    ['differences', whole(statistics.differences)],
    ['errors', whole(statistics.errors)],
  );
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

function milliseconds(valueUs: number): string {
  return (valueUs / 1000).toFixed(2);
}
