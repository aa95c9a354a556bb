import { endOfValue, isNumber, textOfString, walkFields } from './json-bytes.js';

/** The least that can lose something as a double. */
const leastDigits = 16;
const integer = /^-?\d+$/;

/** A backslash may spell a name in another way, or hide a quote. */
const escape = '\\';
/** What stands behind the name of a field of such a value, up to the value's end. */
const digitsBehindName = /[ \t\n\r]*:[ \t\n\r]*(-?\d+)[ \t\n\r,}]/y;

/**
 * Puts the integers of the outermost object that `JSON.parse` rounded back, to their last digit, as bigint. Costs a look
 * at each value, and where one was rounded a search for its name; where that can't tell, or more than one was rounded,
 * a walk over the bytes: no text makes it slow.
 *
 * @param value what `JSON.parse` made of the body
 * @param body UTF-8
 * @param text the same, where it is there; else the bytes are walked
 */
export function restoreIntegers(value: unknown, body: Buffer, text?: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  const object = value as Record<string, unknown>;
  const rounded = roundedNames(object);
  if (rounded === undefined) return;
  const digits = rounded.length === 1 && text !== undefined ? digitsOf(rounded[0]!, text) : undefined;
  if (digits !== undefined) object[rounded[0]!] = BigInt(digits);
  else restoreByWalk(object, body);
}

/** @returns undefined for none: making a list would cost each body something */
function roundedNames(object: Record<string, unknown>): string[] | undefined {
  let names: string[] | undefined;
  for (const name in object) if (isRounded(object[name])) (names ??= []).push(name);
  return names;
}

/**
 * The digits of a field of the outermost object, where that is plain to see: its name stands in the text once, and no
 * backslash does, so that it is written as it reads, and nowhere else within a text or deeper.
 */
function digitsOf(name: string, text: string): string | undefined {
  // First, since a name with quotes in it could make the searches slow.
  if (text.includes(escape)) return undefined;
  const quoted = `"${name}"`;
  const end = text.indexOf(quoted) + quoted.length;
  // From its last quote on, with which another may begin: {"a":1,":1,":12345678901234567890}
  if (text.includes(quoted, end - 1)) return undefined;
  digitsBehindName.lastIndex = end;
  return digitsBehindName.exec(text)?.[1];
}

function restoreByWalk(object: Record<string, unknown>, body: Buffer): void {
  // Of a name that stands there twice the last value counts.
  const digits = new Map<string, string>();
  walkFields(body, (nameAt, nameEnd, valueAt) => {
    const end = endOfValue(body, valueAt);
    const isLong = end - valueAt >= leastDigits && isNumber(body, valueAt);
    const word = isLong ? body.toString('latin1', valueAt, end) : '';
    if (integer.test(word)) digits.set(textOfString(body, nameAt, nameEnd), word);
    else if (digits.size > 0) digits.delete(textOfString(body, nameAt, nameEnd));
    return end;
  });
  for (const [name, text] of digits) if (isRounded(object[name])) object[name] = BigInt(text);
}

/** An integer that may not be the one that was sent. */
function isRounded(value: unknown): boolean {
  return typeof value === 'number' && !Number.isSafeInteger(value) && Number.isInteger(value);
}
