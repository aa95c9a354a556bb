import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuTimeOf } from '../cpu-time.ts';
import type { MeasuredServer } from '../processes.ts';
import type { Call } from './calls.ts';
import type { Cores } from './cores.ts';
import type { FullLoad, LoadGenerator } from './generator.ts';
import { type PacerReport, runPacer } from './paced.ts';
import { leastCallsPerSecond, offeredCallsPerSecond, type Scenario } from './scenarios.ts';

/** What one server did in one round. */
export interface Measured {
  readonly callsPerSecond: number;
  /** User and system time of its process, from the operating system's accounting. */
  readonly cpuUsPerCall: number;
  /** Share of the time in which something else had its core though it could have run. */
  readonly waitedShare: number;
  /** At the end. */
  readonly residentBytes: number;
  /** Undefined where full load is below {@link leastCallsPerSecond}. */
  readonly paced: PacedMeasured | undefined;
}

/** What it did at the fixed load. */
export interface PacedMeasured extends PacerReport {
  /** More than at full load: most calls come alone, and nothing that a turn of the event loop costs is shared. */
  readonly cpuUsPerCall: number;
}

/** How a server is measured. */
export interface Conditions {
  /** Of each measurement. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly cores: Cores;
  /** Of the full load. */
  readonly generator: LoadGenerator;
}

/** Of the calls of one request, the earliest have to have a number too. */
const firstNumber = 1_000;
const pacerWarmUpSeconds = 2;
/** More live requests than calls at the speed of the warm-up. */
const reserve = 1.3;
const warmUpDeletes = 100_000;
/** For what the last load has set off: collections, ends of connections. */
const restMs = 300;

/** Measures a server that has just been started: warm-up, full load, fixed load. */
export async function measure(
  server: MeasuredServer,
  scenario: Scenario,
  { seconds, warmUpSeconds, cores, generator }: Conditions,
): Promise<Measured> {
  const { calls, connections, prepared, live } = scenario;
  const { url, pid } = server;
  let next = firstNumber;
  if (prepared !== undefined) await sendAll(prepared.call, 0, prepared.count);

  const warmUp = await load(warmUpSeconds, live && warmUpDeletes);
  const full = await measuredLoad(warmUp.callsPerSecond);
  const canBePaced = full.callsPerSecond >= leastCallsPerSecond;
  const paced = canBePaced ? await fixedLoad() : undefined;
  return { ...full, residentBytes: residentBytesOf(pid), paced };

  async function measuredLoad(
    expectedPerSecond: number,
  ): Promise<Pick<Measured, 'callsPerSecond' | 'cpuUsPerCall' | 'waitedShare'>> {
    const count = Math.ceil(expectedPerSecond * seconds * reserve);
    await prepareLive(live && count);
    const before = cpuTimeOf(pid);
    const { calls, callsPerSecond } = await load(seconds);
    // Calls that found no live request were others than those to be measured.
    if (live !== undefined && calls > count) return measuredLoad(callsPerSecond);
    const after = cpuTimeOf(pid);
    return {
      callsPerSecond,
      cpuUsPerCall: (after.usedUs - before.usedUs) / calls,
      waitedShare: (after.waitedUs - before.waitedUs) / (seconds * 1e6),
    };
  }

  /** Loads it with all calls as fast as it answers. */
  async function load(seconds: number, liveCount?: number): Promise<FullLoad> {
    await prepareLive(liveCount);
    const result = await generator.load({
      url,
      calls,
      first: next,
      connections,
      seconds,
      cores: cores.generator,
    });
    next += Math.ceil(result.calls / calls.length) + connections + 1;
    await sleep(restMs);
    return result;
  }

  async function fixedLoad(): Promise<PacedMeasured> {
    const uncounted = offeredCallsPerSecond * pacerWarmUpSeconds;
    const count = uncounted + offeredCallsPerSecond * seconds;
    await prepareLive(live && count);
    const plan = {
      url,
      calls,
      first: next,
      count,
      callsPerSecond: offeredCallsPerSecond,
      uncounted,
      connections,
    };
    const before = cpuTimeOf(pid);
    const report = await runPacer(plan, cores.generator);
    return { ...report, cpuUsPerCall: (cpuTimeOf(pid).usedUs - before.usedUs) / count };
  }

  /** Makes requests live, which the next calls are about. */
  async function prepareLive(count: number | undefined): Promise<void> {
    if (live !== undefined && count !== undefined) await sendAll(live, next, count);
  }

  async function sendAll(call: Call, first: number, count: number): Promise<void> {
    await runPacer({ url, calls: [call], first, count, uncounted: 0, connections: 64 }, cores.generator);
    await sleep(restMs);
  }
}

function residentBytesOf(pid: number): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
  return Number(kibibytes) * 1_024;
}
