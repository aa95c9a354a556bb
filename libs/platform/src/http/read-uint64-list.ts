import { byteOf, skipSpaces } from './json-bytes.js';
import { Uint64List } from './uint64-list.js';

/** Where in a list stands what does not belong there. */
export interface OddElement {
  readonly index: number;
  /** Where it begins. */
  readonly at: number;
}

const two32 = 2 ** 32;
/** Six digits at a time: 2^32 * 10^6 is exact as a double. */
const digitsAtOnce = 6;

/**
 * Reads a list of plain integers from 0 to 2^64 - 1 off the bytes of a JSON text.
 *
 * @param start the place behind the opening bracket
 * @param end the place of the first closing bracket from there on
 * @returns the first element that is something else, where there is one
 */
export function readUint64List(bytes: Uint8Array, start: number, end: number): Uint64List | OddElement {
  let at = skipSpaces(bytes, start);
  if (at === end) return Uint64List.empty;
  const length = commasIn(bytes, at, end) + 1;
  const highs = new Uint32Array(length);
  const lows = new Uint32Array(length);
  for (let index = 0; ; index++) {
    const first = at;
    let high = 0;
    let low = 0;
    let byte = bytes[at]!;
    // The closing bracket is no digit, so this ends before `end`.
    while (isDigit(byte)) {
      const groupEnd = at + digitsAtOnce;
      let group = 0;
      let scale = 1;
      do {
        group = group * 10 + (byte - 0x30);
        scale *= 10;
        byte = bytes[++at]!;
      } while (at < groupEnd && isDigit(byte));
      const sum = low * scale + group;
      const carry = Math.floor(sum / two32);
      low = sum - carry * two32;
      // Once beyond 2^32 it never comes back, as no digit makes it smaller.
      high = high * scale + carry;
    }
    const hasNeedlessZero = bytes[first] === 0x30 && at > first + 1;
    if (at === first || hasNeedlessZero || high >= two32) return { index, at: first };
    highs[index] = high;
    lows[index] = low;
    at = skipSpaces(bytes, at);
    if (at === end) return new Uint64List(highs, lows);
    if (bytes[at] !== byteOf.comma) return { index, at: first };
    at = skipSpaces(bytes, at + 1);
  }
}

function commasIn(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let i = start; i < end; i++) if (bytes[i] === byteOf.comma) count++;
  return count;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
