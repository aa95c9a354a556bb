import { isIP } from 'node:net';

/** How the text of an environment variable becomes a value. */
export interface Format<T> {
  /** What is allowed, for messages and documents. */
  readonly allowed: string;
  /** @returns undefined for text that is not allowed */
  parse(text: string): T | undefined;
}

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3, // U+00B5, the micro sign
  μs: 1e-3, // U+03BC, the Greek letter
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

const number = String.raw`(?:\d+\.?\d*|\.\d+)`;
const unit = `(?:${Object.keys(unitMs).join('|')})`;
const durationText = new RegExp(`^\\+?(?:${number}${unit})+$`);
const durationPart = new RegExp(`(${number})(${unit})`, 'g');

/** Go's durations, in ms: a number with a unit, or several of them (`time.ParseDuration`). */
export function duration(minMs: number, maxMs: number): Format<number> {
  return {
    allowed: `a duration from ${inWords(minMs)} to ${inWords(maxMs)}, like 500ms, 5s or 1m30s`,
    parse: (text) => {
      if (!durationText.test(text)) return undefined;
      const ms = text
        .matchAll(durationPart)
        .reduce((sum, [, amount, unit]) => sum + Number(amount) * unitMs[unit!]!, 0);
      return ms >= minMs && ms <= maxMs ? ms : undefined;
    },
  };
}

/** A whole number. */
export function integer(min: number, max: number): Format<number> {
  return {
    allowed: `an integer from ${min} to ${max}`,
    parse: (text) => {
      const value = Number(text);
      return /^\d{1,15}$/.test(text) && value >= min && value <= max ? value : undefined;
    },
  };
}

/** One of a few words, in any case. */
export function oneOf<const T extends string>(...words: readonly T[]): Format<T> {
  return {
    allowed: words.join(' | '),
    parse: (text) => words.find((word) => word.toLowerCase() === text.toLowerCase()),
  };
}

export const ipAddress: Format<string> = {
  allowed: 'an IPv4 or IPv6 address',
  parse: (text) => (isIP(text) === 0 ? undefined : text),
};

const hostNameText =
  /^(?=.{1,253}\.?$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?$/i;

export const hostName: Format<string> = {
  allowed: 'a DNS name',
  parse: (text) => (hostNameText.test(text) ? text : undefined),
};

/** Addresses with ports; the port may be left out where there is a default. */
export function addresses(defaultPort?: number): Format<readonly Address[]> {
  return {
    allowed:
      defaultPort === undefined ? 'host:port, …' : `host or host:port, … (default port ${defaultPort})`,
    parse: (text) => {
      const parsed = text.split(',').map((each) => address(each.trim(), defaultPort));
      return parsed.every((each) => each !== undefined) ? Object.freeze(parsed) : undefined;
    },
  };
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

function address(text: string, defaultPort?: number): Address | undefined {
  const [, bracketed, plain, portText] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = portText === undefined ? defaultPort : Number(portText);
  if (host === undefined || port === undefined || port < 1 || port > 65_535) return undefined;
  const isHost = bracketed === undefined ? isIP(host) === 4 || hostNameText.test(host) : isIP(host) === 6;
  return isHost ? Object.freeze({ host, port }) : undefined;
}

function inWords(ms: number): string {
  if (ms >= 3_600_000) return `${ms / 3_600_000}h`;
  if (ms >= 60_000) return `${ms / 60_000}m`;
  return ms >= 1_000 ? `${ms / 1_000}s` : `${ms}ms`;
}
