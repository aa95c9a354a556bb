import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { maxEngines } from './engines.js';
import { InputError } from './input-error.js';
import { maxSeed } from './random.js';
import type { Speed } from './replay.js';
import { syntheticRequests } from './trace/synthetic.js';
import { mostRequests } from './trace/trace-request.js';

/** What the command line asks for. */
export interface Options {
  /** A trace file; without it the trace is synthetic. */
  readonly trace?: string;
  /** Where the service is; without it the replay starts one. */
  readonly target?: string;
  /** The cluster's name; without it one that no other run has. */
  readonly cluster?: string;
  /** How many requests of a file at most, or how many a synthetic trace has. */
  readonly requests?: number;
  readonly engines: number;
  readonly speed: Speed;
  readonly concurrency: number;
  readonly seed: number;
}

/** The options, or the help text that was asked for instead. */
export type ParsedArguments = { readonly options: Options } | { readonly help: string };

const maxConcurrency = 1024;

/**
 * Reads the arguments that follow the program's name.
 *
 * @throws InputError naming the flag, its value and what it must be
 */
export function parseArguments(args: readonly string[]): ParsedArguments {
  let help = '';
  const command = describeCommand((text) => (help += text));
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed') return { help };
    const message = error.message
      .replace(/^error: /, '')
      .replace(/\.$/, '')
      .replaceAll(/\s*\n\s*/g, ' ');
    throw new InputError(`${message}; see npm run replay -- --help`);
  }
  return { options: command.opts<Options>() };
}

function describeCommand(writeHelp: (text: string) => void): Command {
  return new Command('npm run replay --')
    .description(
      'Acts as a gateway in front of simulated engines: drives a metadata-center with a trace of inference requests and compares every answer with its own books.',
    )
    .addOption(
      new Option('--trace <file>', 'Mooncake JSONL or Azure CSV (default: a synthetic trace)').argParser(
        nonEmpty,
      ),
    )
    .addOption(
      new Option('--engines <n>', 'number of simulated engines').default(64).argParser(whole(1, maxEngines)),
    )
    .addOption(new Option('--speed <x>', 'times real time, or "max"').default(60).argParser(speed))
    .addOption(
      new Option('--concurrency <n>', 'calls in flight at most at --speed max')
        .default(16)
        .argParser(whole(1, maxConcurrency)),
    )
    .addOption(
      new Option('--target <url>', 'the service (default: starts one and ends it)').argParser(targetUrl),
    )
    .addOption(
      new Option('--cluster <name>', 'the cluster (default: a name of its own for each run)').argParser(
        clusterName,
      ),
    )
    .addOption(
      new Option(
        '--requests <n>',
        `the first n of a file, or the size of a synthetic trace (default: all, or ${syntheticRequests})`,
      ).argParser(whole(1, mostRequests)),
    )
    .addOption(
      new Option('--seed <n>', 'of the synthetic trace and of ties between engines')
        .default(1)
        .argParser(whole(0, maxSeed)),
    )
    .helpOption('--help', 'show this')
    .addHelpText(
      'after',
      '\nExit code: 0 all answers right, 1 an error or a difference, 2 a bad flag or trace file.',
    )
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: writeHelp, writeErr: () => undefined });
}

function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number, ${min} to ${max}.`);
  };
}

function speed(text: string): Speed {
  if (text === 'max') return text;
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0.001 && value <= 1_000_000) return value;
  throw new InvalidArgumentError('It must be "max" or a number, 0.001 to 1000000.');
}

function targetUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin;
  throw new InvalidArgumentError('It must be scheme, host and port, such as http://127.0.0.1:8080.');
}

function clusterName(text: string): string {
  // The API's own rule for names.
  if (/^\P{Cc}{1,256}$/u.test(text)) return text;
  throw new InvalidArgumentError('It must be 1 to 256 characters without control characters.');
}

function nonEmpty(text: string): string {
  if (text !== '') return text;
  throw new InvalidArgumentError('It must name a file.');
}
