import { median } from '../statistics.ts';
import type { Measured } from './measurement.ts';
import type { Quantiles } from './paced.ts';
import type { Scenario } from './scenarios.ts';

/** The service and what it is measured beside, one after the other. */
export interface Round {
  readonly service: Measured;
  readonly yardstick: Measured;
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

type QuantileSpreads = Readonly<Record<keyof Quantiles, Spread>>;

/** One server in all rounds of a scenario. */
export interface ServerSummary {
  readonly callsPerSecond: Spread;
  readonly cpuUsPerCall: Spread;
  readonly residentBytes: Spread;
  /** Undefined where a round has no such figures. */
  readonly latency: QuantileSpreads | undefined;
  readonly lag: QuantileSpreads | undefined;
  readonly largestWaitedShare: number;
}

export interface Summary {
  readonly service: ServerSummary;
  readonly yardstick: ServerSummary;
  /** CPU time of a call, the service's to the yardstick's, of each round. */
  readonly cpuRatio: Spread;
  readonly bars: readonly Bar[];
}

/** A figure that is to be at most so much. */
export interface Bar {
  readonly figure: 'cpuRatio' | 'p99Ms';
  readonly most: number;
  /** Undefined where the load could not be offered. */
  readonly value: number | undefined;
  readonly isMet: boolean;
}

/** Sums up the rounds of a scenario: medians, so that one that was disturbed does not decide. */
export function summaryOf(
  { mostCpuRatio, mostP99Ms }: Pick<Scenario, 'mostCpuRatio' | 'mostP99Ms'>,
  rounds: readonly Round[],
): Summary {
  const service = serverSummaryOf(rounds.map((round) => round.service));
  const cpuRatio = spreadOf(
    rounds.map(({ service, yardstick }) => service.cpuUsPerCall / yardstick.cpuUsPerCall),
  );
  return {
    service,
    yardstick: serverSummaryOf(rounds.map((round) => round.yardstick)),
    cpuRatio,
    bars: [
      ...barOf('cpuRatio', mostCpuRatio, cpuRatio.median),
      ...barOf('p99Ms', mostP99Ms, service.latency?.p99Ms.median),
    ],
  };
}

function spreadOf(figures: readonly number[]): Spread {
  return { median: median(figures), min: Math.min(...figures), max: Math.max(...figures) };
}

function serverSummaryOf(rounds: readonly Measured[]): ServerSummary {
  return {
    callsPerSecond: spreadOf(rounds.map((round) => round.callsPerSecond)),
    cpuUsPerCall: spreadOf(rounds.map((round) => round.cpuUsPerCall)),
    residentBytes: spreadOf(rounds.map((round) => round.residentBytes)),
    latency: quantileSpreadsOf(rounds.map((round) => round.paced?.latency)),
    lag: quantileSpreadsOf(rounds.map((round) => round.paced?.lag)),
    largestWaitedShare: Math.max(...rounds.map((round) => round.waitedShare)),
  };
}

function quantileSpreadsOf(rounds: readonly (Quantiles | undefined)[]): QuantileSpreads | undefined {
  const all = rounds.filter((round) => round !== undefined);
  if (all.length < rounds.length) return undefined;
  return {
    p50Ms: spreadOf(all.map((round) => round.p50Ms)),
    p99Ms: spreadOf(all.map((round) => round.p99Ms)),
    p999Ms: spreadOf(all.map((round) => round.p999Ms)),
    maxMs: spreadOf(all.map((round) => round.maxMs)),
  };
}

function barOf(figure: Bar['figure'], most: number | undefined, value: number | undefined): readonly Bar[] {
  if (most === undefined) return [];
  return [{ figure, most, value, isMet: value !== undefined && value <= most }];
}
