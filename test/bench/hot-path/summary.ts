import { median } from '../statistics.ts';
import type { Measured, PacedMeasured } from './measurement.ts';
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
  /** At the fixed load, as are latency and lag; undefined where a round has no such figures. */
  readonly pacedCpuUsPerCall: Spread | undefined;
  readonly latency: QuantileSpreads | undefined;
  readonly lag: QuantileSpreads | undefined;
  readonly largestWaitedShare: number;
}

export interface Summary {
  readonly service: ServerSummary;
  readonly yardstick: ServerSummary;
  /** CPU time of a call, the service's to the yardstick's, of each round. */
  readonly cpuRatio: Spread;
  /** The same at the fixed load; undefined where a round has no such figures. */
  readonly pacedCpuRatio: Spread | undefined;
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
  const pacedCpuRatio = spreadOfAll(
    rounds.map(({ service, yardstick }) => ratioOf(service.paced, yardstick.paced)),
  );
  return {
    service,
    yardstick: serverSummaryOf(rounds.map((round) => round.yardstick)),
    cpuRatio,
    pacedCpuRatio,
    bars: [
      ...barOf('cpuRatio', mostCpuRatio, cpuRatio.median),
      ...barOf('p99Ms', mostP99Ms, service.latency?.p99Ms.median),
    ],
  };
}

function ratioOf(one: PacedMeasured | undefined, other: PacedMeasured | undefined): number | undefined {
  return one && other && one.cpuUsPerCall / other.cpuUsPerCall;
}

function serverSummaryOf(rounds: readonly Measured[]): ServerSummary {
  return {
    callsPerSecond: spreadOf(rounds.map((round) => round.callsPerSecond)),
    cpuUsPerCall: spreadOf(rounds.map((round) => round.cpuUsPerCall)),
    residentBytes: spreadOf(rounds.map((round) => round.residentBytes)),
    pacedCpuUsPerCall: spreadOfAll(rounds.map((round) => round.paced?.cpuUsPerCall)),
    latency: quantileSpreadsOf(rounds.map((round) => round.paced?.latency)),
    lag: quantileSpreadsOf(rounds.map((round) => round.paced?.lag)),
    largestWaitedShare: Math.max(...rounds.map((round) => round.waitedShare)),
  };
}

function quantileSpreadsOf(rounds: readonly (Quantiles | undefined)[]): QuantileSpreads | undefined {
  const all = allOf(rounds);
  return (
    all && {
      p50Ms: spreadOf(all.map((round) => round.p50Ms)),
      p99Ms: spreadOf(all.map((round) => round.p99Ms)),
      p999Ms: spreadOf(all.map((round) => round.p999Ms)),
      maxMs: spreadOf(all.map((round) => round.maxMs)),
    }
  );
}

function spreadOfAll(figures: readonly (number | undefined)[]): Spread | undefined {
  const all = allOf(figures);
  return all && spreadOf(all);
}

function spreadOf(figures: readonly number[]): Spread {
  return { median: median(figures), min: Math.min(...figures), max: Math.max(...figures) };
}

/** @returns undefined where one is missing */
function allOf<T>(items: readonly (T | undefined)[]): readonly T[] | undefined {
  const all = items.filter((item) => item !== undefined);
  return all.length < items.length ? undefined : all;
}

function barOf(figure: Bar['figure'], most: number | undefined, value: number | undefined): readonly Bar[] {
  if (most === undefined) return [];
  return [{ figure, most, value, isMet: value !== undefined && value <= most }];
}
