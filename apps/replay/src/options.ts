import { Command, CommanderError, Option } from 'commander';
import { choiceNames, type ChoiceName } from './choice/choices.js';
import { maxEngines } from './engines.js';
import { InputError } from './input-error.js';
import { clusterName, decimal, duration, fileName, speed, targets, whole } from './option-values.js';
import { maxSeed } from './random.js';
import type { Speed } from './replay.js';
import { syntheticRequests } from './trace/synthetic.js';
import { mostRequests } from './trace/trace-request.js';

/** What the command line asks for. */
export interface Options {
  /** A trace file; without it the trace is synthetic. */
  readonly trace?: string;
  /** Where the service's replicas are; without it the replay starts one. */
  readonly target?: readonly string[];
  /** The cluster's name, or the beginning of several; without it one that no other run has. */
  readonly cluster?: string;
  readonly clusters: number;
  /** How many requests of a file at most, or how many a synthetic trace has. */
  readonly requests?: number;
  /** In each cluster. */
  readonly engines: number;
  /** Without it, what suits the trace; see {@link plansOf}. */
  readonly choice?: ChoiceName | typeof bothChoices;
  readonly speed: Speed;
  /** Inference requests per second, whatever the trace's own time and speed. */
  readonly rate?: number;
  /** How long requests begin at the rate; without it, until all of the trace have. */
  readonly durationMs?: number;
  /** Requests in flight at the rate, on average. */
  readonly inFlight: number;
  readonly concurrency: number;
  readonly seed: number;
  /** How long one of several replicas may take before the next is asked. */
  readonly timeoutMs: number;
  /** How long a replica may be without what another acknowledged. */
  readonly stalenessMs: number;
  readonly tolerateFaults: boolean;
  /** Where the report goes as JSON too. */
  readonly json?: string;
}

/** Plays the trace once with each choice. */
export const bothChoices = 'both';

/** The options, or the help text that was asked for instead. */
export type ParsedArguments = { readonly options: Options } | { readonly help: string };

const seeHelp = 'see npm run replay -- --help';
const maxConcurrency = 1024;
/** The service's own limit, by default, is ten times as many. */
const maxClusters = 1000;
const maxRatePerS = 100_000;
const dayMs = 24 * 3_600_000;

/** As commander names them. */
type Flags = Omit<Options, 'durationMs' | 'timeoutMs' | 'stalenessMs'> & {
  readonly duration?: number;
  readonly timeout: number;
  readonly staleness: number;
};

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
    throw new InputError(`${message}; ${seeHelp}`);
  }
  const { duration, timeout, staleness, ...flags } = command.opts<Flags>();
  if (duration !== undefined && flags.rate === undefined)
    throw new InputError(`--duration needs --rate; ${seeHelp}`);
  const durationMs = duration === undefined ? {} : { durationMs: duration };
  return { options: { ...flags, ...durationMs, timeoutMs: timeout, stalenessMs: staleness } };
}

function describeCommand(writeHelp: (text: string) => void): Command {
  return new Command('npm run replay --')
    .description(
      'Acts as a gateway in front of simulated engines: drives a metadata-center with a trace of inference requests and compares every answer with its own books.',
    )
    .addOption(
      new Option('--trace <file>', 'Mooncake JSONL or Azure CSV (default: a synthetic trace)').argParser(
        fileName,
      ),
    )
    .addOption(
      new Option('--engines <n>', 'number of simulated engines, in each cluster')
        .default(64)
        .argParser(whole(1, maxEngines)),
    )
    .addOption(
      new Option(
        '--choice <name>',
        "how an engine is chosen: least-loaded; cache-aware, by AIGW's score of prefix cache and load; or both, one after the other (default: both for a trace with prefixes, but cache-aware with --rate; else least-loaded)",
      ).choices([...choiceNames, bothChoices]),
    )
    .addOption(new Option('--speed <x>', 'times real time, or "max"').default(60).argParser(speed))
    .addOption(
      new Option(
        '--rate <n>',
        'n inference requests (4 calls each, 6 with prefixes) begin in a second, whatever the answers and the times of the trace; takes the place of --speed',
      ).argParser(decimal(0.1, maxRatePerS)),
    )
    .addOption(
      new Option(
        '--duration <t>',
        'with --rate: requests begin for so long, such as 30s; a shorter trace begins again (default: each request once)',
      ).argParser(duration(1, dayMs)),
    )
    .addOption(
      new Option(
        '--in-flight <n>',
        "with --rate: requests in flight on average; the trace's prefill and decode times are shortened to it",
      )
        .default(1000)
        .argParser(whole(1, 1_000_000)),
    )
    .addOption(
      new Option('--concurrency <n>', 'calls in flight at most at --speed max')
        .default(16)
        .argParser(whole(1, maxConcurrency)),
    )
    .addOption(
      new Option(
        '--target <url>',
        'the service (default: starts one and ends it); several replicas with commas, or the flag again',
      ).argParser(targets),
    )
    .addOption(
      new Option('--cluster <name>', 'the cluster (default: a name of its own for each run)').argParser(
        clusterName,
      ),
    )
    .addOption(
      new Option('--clusters <n>', 'spreads the requests over n clusters: name-1, name-2, …')
        .default(1)
        .argParser(whole(1, maxClusters)),
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
    .addOption(
      new Option('--timeout <t>', 'with several replicas: how long one may take before the next is asked')
        .default(100, '100ms')
        .argParser(duration(1, 60_000)),
    )
    .addOption(
      new Option(
        '--staleness <t>',
        'with several replicas: how long one may be without what another acknowledged',
      )
        .default(3000, '3s')
        .argParser(duration(0, 600_000)),
    )
    .addOption(
      new Option(
        '--tolerate-faults',
        'replicas may fail meanwhile: failed calls and wrong answers are counted, only the end decides',
      ).default(false),
    )
    .addOption(new Option('--json <file>', 'writes the report as JSON too').argParser(fileName))
    .helpOption('--help', 'show this')
    .addHelpText(
      'after',
      `
A trace with prefixes (Mooncake's hash_ids) makes two calls more for each request: before the load it asks which
engines hold the prompt's prefixes, and in the end it saves that the chosen one does. The report shows how many
blocks were found on the chosen engine. With both choices the trace is played twice, in the clusters
name-least-loaded and name-cache-aware, and the report shows them side by side.

Several replicas are called as AIGW calls them: replica = FNV-1a(key) % n in order of host:port, the key being
the cluster for GET and POST and empty for both DELETEs; after --timeout without the whole answer, or a bad one,
the call goes once more, byte for byte, to the next replica. It fails when that fails too. After the last call
all replicas must be right within 3 s. Before it begins at a --rate, each replica is warmed up by 500 requests
in a cluster of their own.

Exit code: 0 all answers right, 1 an error or a difference, 2 a bad flag or trace file.`,
    )
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: writeHelp, writeErr: () => undefined });
}
