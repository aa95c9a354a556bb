import type { MeasuredServer } from '../processes.ts';
import { answersOf } from './answers.ts';
import { type Conditions, measure, type Measured } from './measurement.ts';
import type { Scenario } from './scenarios.ts';
import { startBare, startService } from './servers.ts';
import type { Round } from './summary.ts';

export interface RunOptions extends Conditions {
  readonly rounds: number;
  /** Is told what each measurement gave. */
  readonly tell: (line: string) => void;
}

/** Above it the figures are of a machine that had other work too. */
const disturbedShare = 0.1;

/**
 * Measures both servers in turn, each time in a process that has just been started: what they hold grows with every
 * call, and a round must not pay for the one before.
 *
 * @returns undefined where the service does not have the calls of this scenario
 * @throws Error where a call is not answered as it must be, or the two do not answer the same
 */
export async function runScenario(
  scenario: Scenario,
  options: RunOptions,
): Promise<readonly Round[] | undefined> {
  const { name, yardstick } = scenario;
  const beside = { ...scenario, prepared: yardstick.prepared ?? scenario.prepared };
  const start = (cores: string | undefined): Promise<MeasuredServer> =>
    yardstick.server === 'bare' ? startBare(yardstick.engines, cores) : startService(cores);
  const rounds: Round[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    const tell = (server: string, measured: Measured): void =>
      options.tell(`${name} ${round}/${options.rounds} ${server}: ${lineOf(measured)}`);
    const service = await runOne(startService, scenario, options);
    if (service === undefined) return undefined;
    tell('service', service.measured);
    const other = (await runOne(start, beside, options))!;
    tell(yardstick.name, other.measured);
    refuseDifference(service.shapes, other.shapes);
    rounds.push({ service: service.measured, yardstick: other.measured });
  }
  return rounds;
}

async function runOne(
  start: (cores: string | undefined) => Promise<MeasuredServer>,
  scenario: Scenario,
  options: RunOptions,
): Promise<{ measured: Measured; shapes: readonly string[] } | undefined> {
  const server = await start(options.cores.server);
  try {
    const { areMissing, shapes } = await answersOf(server, scenario);
    if (areMissing) return undefined;
    return { measured: await measure(server, scenario, options), shapes };
  } finally {
    await server.stop();
  }
}

function refuseDifference(serviceShapes: readonly string[], bareShapes: readonly string[]): void {
  for (const [index, shape] of serviceShapes.entries()) {
    if (shape !== bareShapes[index])
      throw new Error(
        `the bare server is no yardstick: it must answer the same as the service, figures apart.\nservice:\n${shape}\n\nbare:\n${bareShapes[index]}`,
      );
  }
}

function lineOf({ callsPerSecond, cpuUsPerCall, waitedShare, paced }: Measured): string {
  const latency =
    paced === undefined
      ? 'too slow for the fixed load'
      : `p99 ${paced.latency.p99Ms.toFixed(2)} ms, lag p99 ${paced.lag.p99Ms.toFixed(2)} ms`;
  const disturbed =
    waitedShare > disturbedShare
      ? `; DISTURBED: it waited for its core ${(waitedShare * 100).toFixed(0)} %`
      : '';
  return `${callsPerSecond.toFixed(0)} calls/s, ${cpuUsPerCall.toFixed(1)} µs of CPU a call, ${latency}${disturbed}`;
}
