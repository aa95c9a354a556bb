import { endOfValue, isNumber, textOfString, walkFields } from './json-bytes.js';

/** The least that can lose something as a double. */
const leastDigits = 16;
const integer = /^-?\d+$/;

/**
 * Puts the integers of the outermost object that `JSON.parse` rounded back, to their last digit, as bigint. Costs a look
 * at each value, and where one was rounded a walk over the bytes: no text makes it slow.
 *
 * @param value what `JSON.parse` made of the body
 * @param body UTF-8
 */
export function restoreIntegers(value: unknown, body: Buffer): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  const object = value as Record<string, unknown>;
  if (!hasRounded(object)) return;
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

function hasRounded(object: Record<string, unknown>): boolean {
  for (const name of Object.keys(object)) if (isRounded(object[name])) return true;
  return false;
}

/** An integer that may not be the one that was sent. */
function isRounded(value: unknown): boolean {
  return typeof value === 'number' && !Number.isSafeInteger(value) && Number.isInteger(value);
}
