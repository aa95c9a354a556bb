import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Mutation } from './support/world.js';

/** What the command line asks for. */
export interface Options {
  readonly seeds: number;
  readonly from: number;
  /** One run alone. */
  readonly seed?: number;
  readonly verbose: boolean;
  readonly workers: number;
  readonly mutant?: MutantName;
}

/** Changes to the service that the simulation must notice. */
export const mutants = {
  'no-repair': { repairIsOff: true },
  'short-tombstones': { tombstoneMs: 5_000 },
  'clock-order': { livesAreOrderedByClocks: true },
  'late-cursors': { snapshotCursorsAreReadLast: true },
} as const satisfies Readonly<Record<string, Mutation>>;

type MutantName = keyof typeof mutants;

const maxSeed = 2 ** 32 - 1;

/** Reads the command line; ends the process where it asks for help or can't be understood. */
export function readOptions(args: readonly string[]): Options {
  return new Command('npm run simulate --')
    .description(
      'Plays replicas and their gateways over a simulated network with faults, run after run, and checks that replicas agree.',
    )
    .addOption(new Option('--seeds <n>', 'how many runs').default(1_000).argParser(whole(1, maxSeed)))
    .addOption(new Option('--from <n>', 'the first seed').default(1).argParser(whole(0, maxSeed)))
    .addOption(new Option('--seed <n>', 'this run alone').argParser(whole(0, maxSeed)))
    .option('--verbose', 'print all that happens in the run of --seed', false)
    .addOption(
      new Option('--workers <n>', 'threads').default(availableParallelism()).argParser(whole(1, 256)),
    )
    .addOption(
      new Option('--mutant <name>', 'break the service, to see that it is noticed').choices(
        Object.keys(mutants),
      ),
    )
    .addHelpText('after', '\nExit code: 0 all runs are good, 1 one or more are not.')
    .allowExcessArguments(false)
    .parse(args, { from: 'user' })
    .opts<Options>();
}

function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number, ${min} to ${max}.`);
  };
}
