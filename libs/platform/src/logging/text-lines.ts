import { printable } from '../http/printable.js';

interface LogLine {
  readonly level: string;
  readonly time: string;
  readonly msg?: string;
  readonly err?: { readonly stack?: string };
}

/**
 * A line of the log for people: time, level, message, and the rest as JSON. pino-pretty would not do: it unescapes
 * backslashes, so that a client's text could stand outside its quotes.
 *
 * @param line as pino writes it, a JSON object and a line feed
 * @returns one line, followed by the indented lines of a stack where there is one
 */
export function asText(line: string): string {
  const { time, level, msg = '', err, ...rest } = JSON.parse(line) as LogLine;
  const details = Object.keys(rest).length === 0 ? '' : ` ${printable(JSON.stringify(rest))}`;
  const stack = (err?.stack ?? '').split('\n').filter(Boolean);
  return [
    `${time} ${level.padEnd(5)} ${printable(msg)}${details}`,
    ...stack.map((each) => `    ${printable(each)}`),
    '',
  ].join('\n');
}
