import { Command, InvalidArgumentError, Option } from 'commander';
import { type GeneratorName, generatorNames } from './generator.ts';
import { type Scenario, scenarios } from './scenarios.ts';

/** What the command line asks for. */
export interface Options {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUp: number;
  readonly scenario: readonly Scenario[];
  /** The best that there is where undefined. */
  readonly generator: GeneratorName | undefined;
  readonly out: string;
  readonly list: boolean;
}

/** Reads the command line; ends the process where it asks for help or can't be understood. */
export function readOptions(args: readonly string[]): Options {
  return new Command('npm run bench --')
    .description(
      'Measures what a call costs: CPU time, calls/s, latency at 5,000 calls/s and memory of the built service, beside a bare node:http server that answers the same. With all scenarios it takes some 50 minutes.',
    )
    .addOption(
      new Option('--rounds <n>', 'how often each server is measured, in turn')
        .default(5)
        .argParser(whole(1, 1_000)),
    )
    .addOption(
      new Option('--seconds <n>', 'of full load, and again of the fixed load')
        .default(6)
        .argParser(whole(1, 3_600)),
    )
    .addOption(
      new Option('--warm-up <n>', 'seconds of full load before').default(6).argParser(whole(1, 3_600)),
    )
    .addOption(
      new Option('--scenario <name,…>', 'these alone').default(scenarios, 'all').argParser(readScenarios),
    )
    .addOption(
      new Option(
        '--generator <name>',
        'of the full load (default: wrk where present, else autocannon)',
      ).choices(generatorNames),
    )
    .addOption(new Option('--out <file>', 'where the figures go as JSON').default('bench.json'))
    .option('--list', 'name the scenarios', false)
    .addHelpText(
      'after',
      `
Needs Linux, and best wrk (Debian and Ubuntu: apt-get install wrk): autocannon, which comes with the other packages,
takes more CPU for a call, so that calls/s may be its own. Nothing else should run on the machine meanwhile.
METADATA_CENTER_… variables reach the service, except for those that say where it listens and who its peers are.

Exit code: 0 all was measured, whatever the bars say; 1 a call was not answered as it must be, or wrk was asked for and is missing.`,
    )
    .allowExcessArguments(false)
    .parse(args, { from: 'user' })
    .opts<Options>();
}

function readScenarios(text: string): readonly Scenario[] {
  return text.split(',').map((name) => {
    const found = scenarios.find((scenario) => scenario.name === name.trim());
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`There are: ${scenarios.map((scenario) => scenario.name).join(', ')}.`);
  });
}

function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number, ${min} to ${max}.`);
  };
}
