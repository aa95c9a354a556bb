import type { Call } from './hot-path/calls.ts';
import type { LoadGenerator } from './hot-path/generator.ts';
import { type MeasuredServer, cpuUsOf } from './processes.ts';

/** What full load costs. */
export interface FullLoad {
  readonly callsPerSecond: number;
  readonly cpuUsPerCall: number;
}

/** More requests than one load makes. */
const numbersOfLoad = 2_000_000;
/** Of the calls of one request, the earliest have to have a number too. */
let nextNumber = 1_000;

/** Loads all servers at once, as fast as they answer, with 16 connections each; no two with the same requests. */
export async function fullLoad(
  generator: LoadGenerator,
  servers: readonly MeasuredServer[],
  seconds: number,
  calls: readonly Call[],
): Promise<FullLoad> {
  const before = cpuUsOf(servers);
  const loads = await Promise.all(
    servers.map(({ url }) => {
      const first = nextNumber;
      nextNumber += numbersOfLoad;
      return generator.load({ url, calls, first, connections: 16, seconds, cores: undefined });
    }),
  );
  const total = loads.reduce((sum, load) => sum + load.calls, 0);
  return { callsPerSecond: total / seconds, cpuUsPerCall: (cpuUsOf(servers) - before) / total };
}
