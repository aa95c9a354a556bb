import Table from 'cli-table3';
import { inTenths, percent, plainTable, whole } from './figures.js';
import type { Outcome } from './outcome.js';
import { hitRatioOf, type PrefixFigures } from './statistics.js';
import { hasPrefixes } from './trace/trace-request.js';

/** A row: its name, and one value for all replays or one for each. */
type Row = readonly [name: string, values: string | readonly string[]];

/** What was played and what was found, a column for each replay; at least one, all of the same trace. */
export function summaryTable(outcomes: readonly Outcome[]): string {
  const [first] = outcomes;
  if (first === undefined) throw new RangeError('there is nothing to report');
  const alignments = outcomes.map(() => 'right' as const);
  const table = new Table({ style: plainTable, colAligns: ['left', ...alignments] });
  for (const [name, values] of [...setUp(first), ...findings(outcomes, first)]) {
    if (typeof values !== 'string') table.push([name, ...values]);
    else table.push([name, { content: values, colSpan: outcomes.length, hAlign: 'right' }]);
  }
  return table.toString();
}

function setUp({ plan, traceName, replicas }: Outcome): readonly Row[] {
  const { clusters, rate, speed } = plan;
  return [
    ['trace', traceName],
    replicas.length === 1 ? ['target', plan.targets[0] ?? ''] : ['replicas', whole(replicas.length)],
    ...(clusters.length > 1 ? [['clusters', whole(clusters.length)] as const] : []),
    ['engines', whole(plan.engines)],
    rate === undefined
      ? ['speed', speed === 'max' ? 'max' : `${speed} × real time`]
      : ['rate offered', `${inTenths(rate.perS)} requests/s`],
  ];
}

function findings(outcomes: readonly Outcome[], { plan }: Outcome): readonly Row[] {
  const row = (name: string, valueOf: (outcome: Outcome) => string): Row => [name, outcomes.map(valueOf)];
  const prefixRow = (name: string, valueOf: (figures: PrefixFigures) => string): Row =>
    row(name, ({ statistics }) => valueOf(statistics.prefixes));
  const failed = outcomes.some(({ statistics }) => statistics.errors > 0);
  return [
    ...(plan.rate === undefined ? [] : [row('rate reached', rateReached)]),
    row('choice of engines', ({ plan: { choice } }) => choice),
    row('requests', ({ statistics }) => whole(statistics.finishedRequests)),
    row('calls', ({ statistics }) => whole(statistics.calls)),
    row('calls/s', ({ statistics, elapsedMs }) => whole(statistics.calls / Math.max(elapsedMs / 1000, 1e-6))),
    row('duration', ({ elapsedMs }) => `${(elapsedMs / 1000).toFixed(1)} s`),
    ...(plan.rate !== undefined || plan.speed !== 'max'
      ? [row('latest start of a call after its time', latestStart)]
      : []),
    ...(hasPrefixes(plan.requests)
      ? [
          prefixRow('prefix blocks of all prompts', ({ blocks }) => whole(blocks)),
          prefixRow('of these, held by the chosen engine', ({ hitBlocks }) => whole(hitBlocks)),
          prefixRow('hit ratio', (figures) => percent(hitRatioOf(figures))),
          prefixRow('requests with a hit', ({ hits }) => whole(hits)),
        ]
      : [['prefix blocks', 'the trace has no prefixes'] as const]),
    row('largest spread of queued requests between engines', ({ statistics }) =>
      whole(statistics.largestSpread),
    ),
    row('mean spread of queued requests between engines', ({ statistics }) =>
      statistics.meanSpread.toFixed(2),
    ),
    row('answers compared with the books', ({ statistics }) => whole(statistics.comparisons)),
    row('of these, with nothing in flight: equal to them', ({ statistics }) =>
      whole(statistics.exactComparisons),
    ),
    row('differences', ({ statistics }) => whole(statistics.differences)),
    row('errors', ({ statistics }) => whole(statistics.errors)),
    ...(failed
      ? [
          row('requests with an error', ({ statistics }) => whole(statistics.troubledRequests)),
          row('of these, in doubt: the removal failed', ({ statistics }) => whole(statistics.doubts)),
        ]
      : []),
  ];
}

function rateReached({ statistics: { reachedRatePerS } }: Outcome): string {
  return reachedRatePerS === undefined ? 'one request' : `${inTenths(reachedRatePerS)} requests/s`;
}

function latestStart({ statistics }: Outcome): string {
  return `${statistics.largestDelayMs.toFixed(1)} ms`;
}
