/** Characters that could end a line or steer a terminal: controls, line and paragraph separators. */
const breaking = /[\p{Cc}\p{Zl}\p{Zp}]/u;
/** And those that nobody sees, or that turn the text around them. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const longestQuote = 64;

/** Whether a text may be a name: it can break no line, label or terminal. Format characters may, as some scripts need them. */
export function isPrintable(text: string): boolean {
  return text.isWellFormed() && !breaking.test(text);
}

/** Text of a client's, made safe for a message and a log line. */
export function printable(text: string): string {
  return text.toWellFormed().replace(unprintable, (character) => escaped(character));
}

/**
 * A value of a client's, quoted for a message: printable, and cut where it is long.
 *
 * @param value text, a number or the like; a symbol stands for what its description says
 */
export function quoted(value: unknown): string {
  if (typeof value === 'symbol') return value.description ?? 'a symbol';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return shortened(typeof value === 'string' ? JSON.stringify(value) : String(value));
}

/** Text of a client's as it stands in a message: printable, and cut where it is long. */
export function shortened(text: string): string {
  return printable(text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text);
}

/** As JSON escapes it, by its UTF-16 code units. */
function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
