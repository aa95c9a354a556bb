import { isUtf8 } from 'node:buffer';
import { ApiError } from './api-error.js';
import { printable } from './printable.js';
import { takeUint64Lists } from './take-uint64-lists.js';

/**
 * Parses a body as JSON, whatever its content type says. Integers beyond 2^53 come out exact, as bigint.
 *
 * @param uint64Lists fields of the outermost object of which a list comes out as {@link Uint64List}, or as
 *   {@link InvalidUint64List} where one of its elements is anything but an integer from 0 to 2^64 - 1
 * @returns undefined for an empty body
 * @throws ApiError `invalidJson`
 */
export function parseJsonBody(body: Buffer, uint64Lists: readonly string[] = []): unknown {
  if (body.length === 0) return undefined;
  if (!isUtf8(body))
    throw new ApiError('invalidJson', 'invalid JSON: the body is not UTF-8; encode it as UTF-8');
  try {
    return uint64Lists.length > 0 ? parseWithLists(body, uint64Lists) : parseText(body.toString('utf8'));
  } catch (error) {
    const problem = error instanceof RangeError ? 'nested too deeply; send a flat object' : messageOf(error);
    throw new ApiError('invalidJson', `invalid JSON: ${problem}`);
  }
}

/** The error in place of the body, for whoever reads the input: Fastify would close the connection for it. */
export function parsedOrError(body: Buffer, uint64Lists?: readonly string[]): unknown {
  try {
    return parseJsonBody(body, uint64Lists);
  } catch (error) {
    return error;
  }
}

function parseWithLists(body: Buffer, names: readonly string[]): unknown {
  try {
    const { lists, rest } = takeUint64Lists(body, names);
    const value = parseText(rest);
    for (const [name, list] of lists) (value as Record<string, unknown>)[name] = list;
    return value;
  } catch (error) {
    // Its words are to be about the whole text.
    if (error instanceof SyntaxError) JSON.parse(body.toString('utf8'));
    throw error;
  }
}

function messageOf(error: unknown): string {
  return printable((error as SyntaxError).message);
}

/** Sixteen digits are the least that can lose something as a double. */
const mayRound = /\d{16}/;

function parseText(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (isObject && isExact(value as Record<string, unknown>, text)) return value;
  return mayRound.test(text) ? JSON.parse(text, exactInteger) : value;
}

/**
 * The common case, four times as fast as a reviver: all values are flat, and where one was rounded its digits are found
 * behind its name, and put in place of it.
 *
 * @returns false where that can't be seen at a glance
 */
function isExact(object: Record<string, unknown>, text: string): boolean {
  let rounded = 0;
  for (const name of Object.keys(object)) {
    const value = object[name];
    if (typeof value === 'object' && value !== null) return false;
    if (isRounded(value)) rounded++;
  }
  return rounded === 0 || restoreRounded(object, text) === rounded;
}

/**
 * Without escapes quotes open and close by turns, and what stands between two strings is no word: so a word in quotes
 * with a colon behind it is a name.
 */
const longNumber = /"(\w+)"\s*:\s*(-?\d{16,})\s*[,}]/g;

/** @returns how many were restored */
function restoreRounded(object: Record<string, unknown>, text: string): number {
  if (text.includes('\\')) return 0;
  let restored = 0;
  longNumber.lastIndex = 0;
  for (let found = longNumber.exec(text); found !== null; found = longNumber.exec(text)) {
    const { index, 1: name, 2: digits } = found;
    // Of a name that stands there twice the last value counts.
    if (text.lastIndexOf(`"${name}"`) !== index || !isRounded(object[name!])) continue;
    object[name!] = BigInt(digits!);
    restored++;
  }
  return restored;
}

/** An integer that may not be the one that was sent. */
function isRounded(value: unknown): boolean {
  return typeof value === 'number' && !Number.isSafeInteger(value) && Number.isInteger(value);
}

/** A reviver that sees the source text (TC39 "JSON.parse source text access"), which the typings do not know. */
const exactInteger = ((_name: string, value: unknown, { source }: { source?: string }): unknown => {
  const isRounded = typeof value === 'number' && !Number.isSafeInteger(value);
  return isRounded && source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;
}) as (name: string, value: unknown) => unknown;
