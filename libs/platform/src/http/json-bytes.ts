/**
 * Where things begin and end in the bytes of a JSON text. Nothing here checks that it is one: where it is none,
 * they come to some end all the same.
 */

export const byteOf = {
  quote: 0x22,
  comma: 0x2c,
  minus: 0x2d,
  zero: 0x30,
  nine: 0x39,
  openList: 0x5b,
  backslash: 0x5c,
  closeList: 0x5d,
  openObject: 0x7b,
  closeObject: 0x7d,
} as const;

/** @returns the place behind the value */
type OnField = (nameAt: number, nameEnd: number, valueAt: number) => number;

/** Visits the fields of the outermost object in turn; none where the text is no object. */
export function walkFields(bytes: Uint8Array, onField: OnField): void {
  let at = skipSpaces(bytes, 0);
  let hasField = bytes[at] === byteOf.openObject;
  while (hasField) {
    const nameAt = skipSpaces(bytes, at + 1);
    const nameEnd = endOfString(bytes, nameAt);
    const valueAt = skipSpaces(bytes, skipSpaces(bytes, nameEnd) + 1);
    at = skipSpaces(bytes, onField(nameAt, nameEnd, valueAt));
    hasField = bytes[at] === byteOf.comma;
  }
}

/** The string from its opening quote to behind the closing one. */
export function textOfString(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start + 1, end - 1);
  return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text;
}

/** The first place from `at` on that is no space. */
export function skipSpaces(bytes: Uint8Array, at: number): number {
  let i = at;
  while (i < bytes.length && isSpace(bytes[i]!)) i++;
  return i;
}

/** The place behind the string whose opening quote is at `at`. */
function endOfString(bytes: Uint8Array, at: number): number {
  let i = at + 1;
  while (i < bytes.length && bytes[i] !== byteOf.quote) i += bytes[i] === byteOf.backslash ? 2 : 1;
  return i + 1;
}

/** The place behind the value that begins at `at`, whatever it is, and however deep. */
export function endOfValue(bytes: Uint8Array, at: number): number {
  let depth = 0;
  let i = at;
  do {
    const byte = bytes[i];
    if (byte === byteOf.quote) i = endOfString(bytes, i);
    else if (byte === byteOf.openList || byte === byteOf.openObject) {
      depth++;
      i++;
    } else if (byte === byteOf.closeList || byte === byteOf.closeObject) {
      depth--;
      i++;
    } else if (depth > 0) i++;
    else i = endOfWord(bytes, i);
  } while (depth > 0 && i < bytes.length);
  return i;
}

/** Whether the value that begins at `at` is a number. */
export function isNumber(bytes: Uint8Array, at: number): boolean {
  const byte = bytes[at]!;
  return (byte >= byteOf.zero && byte <= byteOf.nine) || byte === byteOf.minus;
}

/** The place behind a number, `true`, `false` or `null`. */
function endOfWord(bytes: Uint8Array, at: number): number {
  let i = at;
  while (i < bytes.length && !endsWord(bytes[i]!)) i++;
  return i;
}

function endsWord(byte: number): boolean {
  return isSpace(byte) || byte === byteOf.comma || byte === byteOf.closeList || byte === byteOf.closeObject;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
