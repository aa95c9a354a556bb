import { writeFileSync } from 'node:fs';
import { findCores } from './hot-path/cores.ts';
import { findGenerator } from './hot-path/find-generator.ts';
import { hostOf } from './hot-path/host.ts';
import { readOptions } from './hot-path/options.ts';
import { runScenario } from './hot-path/run.ts';
import { leastCallsPerSecond, offeredCallsPerSecond, scenarios } from './hot-path/scenarios.ts';
import { type Round, type Summary, summaryOf } from './hot-path/summary.ts';
import { tableOf } from './hot-path/table.ts';

/** What a call costs: the built service beside a bare server, as ratios of one run. */
const options = readOptions(process.argv.slice(2));
if (options.list) {
  for (const { name, about } of scenarios) process.stdout.write(`${name.padEnd(18)}${about}\n`);
  process.exit(0);
}
if (process.platform !== 'linux') fail('CPU time is read from /proc: run it on Linux');
const generator = await findGenerator(options.generator);
if (generator === undefined) fail('wrk is missing; on Debian and Ubuntu: apt-get install wrk');

const cores = findCores();
const host = hostOf(generator);
process.stdout.write(
  `${host.hardware.cpu}, ${host.hardware.cores} cores, ${host.hardware.memoryGib} GiB, ${host.hardware.system}; ` +
    `Node ${host.versions.node}, service ${host.versions.service}, ${host.versions.generator}\n` +
    (generator.name === 'autocannon'
      ? (options.generator === undefined ? 'wrk is missing (Debian and Ubuntu: apt-get install wrk); ' : '') +
        "autocannon takes more CPU than wrk: calls/s may be the generator's; CPU per call is still the server's\n"
      : '') +
    (cores.server === undefined
      ? 'NOT PINNED: server and load share all cores (no taskset, or one core), and disturb each other\n'
      : `server on core ${cores.server}, load on core ${cores.generator}\n`),
);

interface MeasuredScenario {
  readonly name: string;
  readonly about: string;
  /** What the service was measured beside. */
  readonly yardstick: string;
  readonly summary: Summary | undefined;
  readonly rounds: readonly Round[];
}
const measured: MeasuredScenario[] = [];
const startedAt = new Date();
// A file that can't be written is told of before anything is measured.
writeReport();
for (const scenario of options.scenario) {
  const { rounds, seconds, warmUp: warmUpSeconds } = options;
  const tell = (line: string): void => void process.stdout.write(`${line}\n`);
  const all = await runScenario(scenario, { rounds, seconds, warmUpSeconds, cores, generator, tell }).catch(
    (error: Error) => fail(`${scenario.name}: ${error.message}`),
  );
  const { name, about, yardstick } = scenario;
  const summary = all && summaryOf(scenario, all);
  measured.push({ name, about, yardstick: yardstick.name, summary, rounds: all ?? [] });
  // Now, so that what follows and fails does not take it along.
  writeReport();
}
process.stdout.write(
  `${tableOf(measured)}\n` +
    `Medians of ${options.rounds} rounds (least–most). CPU: user and system time of the server, in full load by ${generator.name}, ` +
    `and paced, at ${offeredCallsPerSecond.toLocaleString('en-US')} calls/s; ratio: to the line below, within each round. ` +
    'Latency: paced, from when a call was to be sent; ' +
    `- where full load is below ${leastCallsPerSecond.toLocaleString('en-US')}; * where most of it may be the pacer itself.\n`,
);

function writeReport(): void {
  try {
    writeFileSync(options.out, `${JSON.stringify(reportOf(), undefined, 2)}\n`);
  } catch (error) {
    fail(`${(error as Error).message}; name another file by --out`);
  }
}

function reportOf(): object {
  const { rounds, seconds, warmUp } = options;
  return {
    date: startedAt.toISOString(),
    command: ['npm run bench --', ...process.argv.slice(2)].join(' '),
    ...host,
    cores: { server: cores.server ?? null, generator: cores.generator ?? null },
    rounds,
    seconds,
    warmUpSeconds: warmUp,
    offeredCallsPerSecond,
    scenarios: measured,
  };
}

function fail(reason: string): never {
  process.stderr.write(`bench: ${reason}\n`);
  process.exit(1);
}
