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

const unitBytes: Readonly<Record<string, number>> = { GiB: 2 ** 30, MiB: 2 ** 20, KiB: 2 ** 10 };

/** A number of bytes: `64MiB`, `512KiB`, `1GiB`, or plain. */
export function size(minBytes: number, maxBytes: number): Format<number> {
  return {
    allowed: `a size from ${sizeInWords(minBytes)} to ${sizeInWords(maxBytes)}, like 64MiB, 512KiB or plain bytes`,
    parse: (text) => {
      const [, amount, unit] = /^(\d{1,15})([KMG]iB)?$/.exec(text) ?? [];
      if (amount === undefined) return undefined;
      const bytes = Number(amount) * (unit === undefined ? 1 : unitBytes[unit]!);
      return bytes >= minBytes && bytes <= maxBytes ? bytes : undefined;
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

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Addresses with ports. */
export const addresses: Format<readonly Address[]> = {
  allowed: 'host:port, …',
  parse: (text) =>
    listOf(text, (each) => address(each, (host) => isIP(host) === 4 || hostNameText.test(host))),
};

/** IP addresses; the port may be left out. */
export function ipAddresses(defaultPort: number): Format<readonly Address[]> {
  return {
    allowed: `ip, ip:port or [ipv6]:port, … (default port ${defaultPort})`,
    parse: (text) => listOf(text, (each) => address(each, (host) => isIP(host) === 4, defaultPort)),
  };
}

function listOf<T>(text: string, parse: (each: string) => T | undefined): readonly T[] | undefined {
  const parsed = text.split(',').map((each) => parse(each.trim()));
  return parsed.every((each) => each !== undefined) ? Object.freeze(parsed) : undefined;
}

/** @param isPlainHost what may stand without brackets */
function address(
  text: string,
  isPlainHost: (host: string) => boolean,
  defaultPort?: number,
): Address | undefined {
  const [, bracketed, plain, portText] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = portText === undefined ? defaultPort : Number(portText);
  if (host === undefined || port === undefined || port < 1 || port > 65_535) return undefined;
  const isHost = bracketed === undefined ? isPlainHost(host) : isIP(host) === 6;
  return isHost ? Object.freeze({ host, port }) : undefined;
}

function inWords(ms: number): string {
  if (ms >= 3_600_000) return `${ms / 3_600_000}h`;
  if (ms >= 60_000) return `${ms / 60_000}m`;
  return ms >= 1_000 ? `${ms / 1_000}s` : `${ms}ms`;
}

function sizeInWords(bytes: number): string {
  const [unit, each] = Object.entries(unitBytes).find(([, each]) => bytes % each === 0) ?? ['', 1];
  return `${bytes / each}${unit}`;
}
