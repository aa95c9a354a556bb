import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import { asText } from './text-lines.js';

/** Levels by the names that the API uses, from the most talkative on. */
export const logLevels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;
export type LogLevel = (typeof logLevels)[number];

/** One JSON object a line, or lines for people. */
export type LogFormat = 'json' | 'text';

/** The logger of a replica. Its level may change at run time. */
export function createLogger(level: LogLevel, format: LogFormat, destination: DestinationStream): Logger {
  return pino(
    {
      base: null,
      level: level.toLowerCase(),
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label.toUpperCase() }) },
    },
    format === 'json' ? destination : { write: (line) => destination.write(asText(line)) },
  );
}
