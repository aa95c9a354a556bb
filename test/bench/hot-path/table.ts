import Table from 'cli-table3';
import { verdictOf } from '../verdict.ts';
import type { Bar, ServerSummary, Spread, Summary } from './summary.ts';

/** A scenario and what came of it. */
export interface Result {
  readonly name: string;
  /** What the service was measured beside. */
  readonly yardstick: string;
  /** Undefined where the service does not have its calls. */
  readonly summary: Summary | undefined;
}

const columns = [
  'scenario',
  'server',
  'calls/s',
  'CPU µs/call',
  'ratio',
  'CPU µs/call paced',
  'ratio',
  'p50 ms',
  'p99 ms',
  'p99.9 ms',
  'RSS MiB',
];
const unknown = '-';

/** All results as a table, two lines each. */
export function tableOf(results: readonly Result[]): string {
  const table = new Table({
    head: columns,
    style: { head: [], border: [], compact: true },
    colAligns: columns.map((_, index) => (index < 2 ? 'left' : 'right')),
  });
  for (const result of results) table.push(...rowsOf(result));
  return table.toString();
}

export function rowsOf({ name, yardstick, summary }: Result): string[][] {
  if (summary === undefined) return [[name, 'service', 'not there', ...columns.slice(3).map(() => unknown)]];
  const { service, cpuRatio, pacedCpuRatio, bars } = summary;
  const ratio = spreadText(cpuRatio, 2) + barText(bars, 'cpuRatio');
  const pacedRatio = textOrUnknown(pacedCpuRatio, 2);
  return [
    [name, 'service', ...figuresOf(service, { ratio, pacedRatio, p99Bar: barText(bars, 'p99Ms') })],
    ['', yardstick, ...figuresOf(summary.yardstick, { ratio: unknown, pacedRatio: unknown, p99Bar: '' })],
  ];
}

/** What stands beside the figures of a server. */
interface Comparison {
  readonly ratio: string;
  readonly pacedRatio: string;
  readonly p99Bar: string;
}

/** Latencies whose greater part may be the pacer's own are marked: it was as late at that share of its calls. */
function figuresOf(
  { callsPerSecond, cpuUsPerCall, pacedCpuUsPerCall, residentBytes, latency, lag }: ServerSummary,
  { ratio, pacedRatio, p99Bar }: Comparison,
): string[] {
  const latencies = (['p50Ms', 'p99Ms', 'p999Ms'] as const).map((name) => {
    if (latency === undefined || lag === undefined) return unknown;
    return spreadText(latency[name], 2) + (lag[name].median > latency[name].median / 2 ? '*' : '');
  });
  return [
    spreadText(callsPerSecond, 0),
    spreadText(cpuUsPerCall, 1),
    ratio,
    textOrUnknown(pacedCpuUsPerCall, 1),
    pacedRatio,
    latencies[0]!,
    latencies[1]! + p99Bar,
    latencies[2]!,
    spreadText(inMib(residentBytes), 0),
  ];
}

function inMib({ median, min, max }: Spread): Spread {
  return { median: median / 2 ** 20, min: min / 2 ** 20, max: max / 2 ** 20 };
}

function textOrUnknown(spread: Spread | undefined, digits: number): string {
  return spread === undefined ? unknown : spreadText(spread, digits);
}

function spreadText({ median, min, max }: Spread, digits: number): string {
  const [middle, least, most] = [median, min, max].map((figure) =>
    figure.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  );
  return least === most ? middle! : `${middle} (${least}–${most})`;
}

function barText(bars: readonly Bar[], figure: Bar['figure']): string {
  const bar = bars.find((bar) => bar.figure === figure);
  return bar === undefined ? '' : ` ${verdictOf(bar.value ?? Number.POSITIVE_INFINITY, bar.most)}`;
}
