import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { InputError } from './input-error.js';

/** What the command line asks for. */
export interface Options {
  /** How many replicas: on 127.0.0.1, 127.0.0.2, … */
  readonly replicas: number;
  /** The API port of every replica. */
  readonly port: number;
  readonly adminPort: number;
  readonly logLevel: string;
}

/** The options, or the help text that was asked for instead. */
export type ParsedArguments = { readonly options: Options } | { readonly help: string };

const logLevels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const seeHelp = 'see npm run cluster -- --help';

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
  const options = command.opts<Options>();
  if (options.port === options.adminPort)
    throw new InputError(`--port and --admin-port are both ${options.port}, but must differ; ${seeHelp}`);
  return { options };
}

function describeCommand(writeHelp: (text: string) => void): Command {
  return new Command('npm run cluster --')
    .description(
      'Runs several replicas on this machine, which find each other by DNS and replicate, and shows how each of them is once a second.',
    )
    .addOption(
      new Option('--replicas <n>', 'how many: on 127.0.0.1, 127.0.0.2, …').default(3).argParser(whole(1, 9)),
    )
    .addOption(
      new Option('--port <n>', 'the API port of all of them').default(8080).argParser(whole(1, 65_535)),
    )
    .addOption(
      new Option('--admin-port <n>', 'the admin port of all of them')
        .default(8081)
        .argParser(whole(1, 65_535)),
    )
    .addOption(
      new Option('--log-level <level>', `which of their log lines are shown: ${logLevels.join(', ')}`)
        .default('WARN')
        .argParser(logLevel),
    )
    .helpOption('--help', 'show this')
    .addHelpText(
      'after',
      `
A replica that dies after it was ready is reported and started again; one that can't start ends the command
with its error. Ctrl-C ends all replicas in order; pressed again, at once. METADATA_CENTER_… variables reach
every replica, except for those that say where it listens and how it finds the others.

Exit code: 0 all ended in order, 1 a replica could not start or end in order, 2 a bad flag or a port in use.`,
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

function logLevel(text: string): string {
  const level = text.toUpperCase();
  if (logLevels.includes(level)) return level;
  throw new InvalidArgumentError(`It must be one of ${logLevels.join(', ')}.`);
}
