import {
  type DestinationStream,
  type Logger,
  destination as pinoDestination,
  pino,
  stdTimeFunctions,
} from 'pino';
import { prettyFactory } from 'pino-pretty';

/** Levels by the names that the API uses, from the most talkative on. */
export const logLevels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;
export type LogLevel = (typeof logLevels)[number];

/** One JSON object a line, or lines for people. */
export type LogFormat = 'json' | 'text';

/**
 * The process's logger. Writes are synchronous, so that the last line before a crash is there; what is logged
 * per call is therefore off by default.
 */
export function createLogger(
  level: LogLevel,
  format: LogFormat,
  destination: DestinationStream = pinoDestination({ dest: 1, sync: true }),
): Logger {
  return pino(
    {
      base: null,
      level: level.toLowerCase(),
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label.toUpperCase() }) },
    },
    format === 'json' ? destination : asText(destination),
  );
}

/** pino-pretty's own stream would be asynchronous, and the last lines before an exit would be lost. */
function asText(destination: DestinationStream): DestinationStream {
  const prettify = prettyFactory({
    colorize: false,
    singleLine: true,
    // Else the time of day alone.
    translateTime: false,
    // Else a text under the key `error` would get a line of its own.
    errorLikeObjectKeys: ['err'],
  });
  return { write: (line) => destination.write(prettify(line) as string) };
}
