import { isUtf8 } from 'node:buffer';
import { ApiError } from './api-error.js';
import { printable } from './printable.js';
import { restoreIntegers } from './restore-integers.js';
import { takeUint64Lists } from './take-uint64-lists.js';

/**
 * Parses a body as JSON, whatever its content type says. Integers of the outermost object that are beyond 2^53 come out
 * exact, as bigint; no field that is read lies deeper.
 *
 * @param uint64Lists fields of the outermost object of which a list comes out as {@link Uint64List}, or as
 *   {@link InvalidUint64List} where one of its elements is anything but an integer from 0 to 2^64 - 1
 * @returns undefined for an empty body
 * @throws ApiError `invalidJson`
 */
export function parseJsonBody(body: Buffer, uint64Lists: readonly string[] = []): unknown {
  if (body.length === 0) return undefined;
  const text = uint64Lists.length > 0 ? undefined : body.toString('utf8');
  // What is no UTF-8 is decoded as U+FFFD; text without it need not be looked at again.
  if ((text === undefined || text.includes('\u{fffd}')) && !isUtf8(body))
    throw new ApiError('invalidJson', 'invalid JSON: the body is not UTF-8; encode it as UTF-8');
  try {
    const value = text === undefined ? parseWithLists(body, uint64Lists) : JSON.parse(text);
    restoreIntegers(value, body, text);
    return value;
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
    const value = JSON.parse(rest) as Record<string, unknown>;
    for (const [name, list] of lists) value[name] = list;
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
