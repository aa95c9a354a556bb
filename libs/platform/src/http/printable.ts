/** Characters that could end a line or steer a terminal: controls, line and paragraph separators. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}]/u;
const eachUnprintable = new RegExp(unprintable, 'gu');

const longestQuote = 64;

/** Whether a text can stand in a message, a log line or a label as it is: {@link printable} would not change it. */
export function isPrintable(text: string): boolean {
  return text.isWellFormed() && !unprintable.test(text);
}

/** Text of a client's, made safe for a message and a log line. */
export function printable(text: string): string {
  return text
    .toWellFormed()
    .replace(eachUnprintable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * A value of a client's, quoted for a message: printable, and cut where it is long.
 *
 * @param value text, a number or the like; a symbol stands for what its description says
 */
export function quoted(value: unknown): string {
  if (typeof value === 'symbol') return value.description ?? 'a symbol';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return printable(text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text);
}
