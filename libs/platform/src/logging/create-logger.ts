import {
  type DestinationStream,
  type Logger,
  destination as pinoDestination,
  pino,
  stdTimeFunctions,
} from 'pino';
import { asText } from './text-lines.js';

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
    format === 'json' ? destination : { write: (line) => destination.write(asText(line)) },
  );
}
