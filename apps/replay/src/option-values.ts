import { InvalidArgumentError } from 'commander';
import { addressOf } from './fleet/replica-address.js';
import type { Speed } from './replay.js';

/** More than any real service has, and few enough to be asked in turn. */
const mostTargets = 64;
const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Reads a whole number. */
export function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number, ${min} to ${max}.`);
  };
}

/** Reads a number that may have a fraction; `alternative` says what else the option takes. */
export function decimal(min: number, max: number, alternative = ''): (text: string) => number {
  return (text) => {
    const value = /^\d{1,12}(\.\d{1,12})?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be ${alternative}a number, ${min} to ${max}.`);
  };
}

/** Reads a speed. */
export function speed(text: string): Speed {
  return text === 'max' ? text : decimal(0.001, 1_000_000, '"max" or ')(text);
}

/** Reads a duration such as 500ms, 30s, 5m or 1h; gives milliseconds. */
export function duration(minMs: number, maxMs: number): (text: string) => number {
  const longest = maxMs < 3_600_000 ? `${maxMs / 1000} s` : `${maxMs / 3_600_000} h`;
  return (text) => {
    const [, digits = '', unit = ''] = /^(\d{1,12}(?:\.\d{1,6})?)(ms|s|m|h)$/.exec(text) ?? [];
    const valueMs = digits === '' ? Number.NaN : Number(digits) * (unitsMs[unit] ?? Number.NaN);
    if (valueMs >= minMs && valueMs <= maxMs) return valueMs;
    throw new InvalidArgumentError(
      `It must be a duration such as 500ms, 30s or 5m, ${minMs} ms to ${longest}.`,
    );
  };
}

/** Reads one or several targets, with commas between, and adds them to those that were given before. */
export function targets(text: string, before: readonly string[] = []): readonly string[] {
  const all = [...before, ...text.split(',').map((part) => target(part.trim()))];
  if (new Set(all.map(addressOf)).size < all.length)
    throw new InvalidArgumentError('Each replica must be given once.');
  if (all.length > mostTargets) throw new InvalidArgumentError(`There must be at most ${mostTargets}.`);
  return all;
}

/** Reads the name of a cluster, by the API's own rule for names. */
export function clusterName(text: string): string {
  if (/^\P{Cc}{1,256}$/u.test(text)) return text;
  throw new InvalidArgumentError('It must be 1 to 256 characters without control characters.');
}

/** Reads the name of a file. */
export function fileName(text: string): string {
  if (text !== '') return text;
  throw new InvalidArgumentError('It must name a file.');
}

function target(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin;
  throw new InvalidArgumentError('It must be scheme, host and port, such as http://127.0.0.1:8080.');
}
