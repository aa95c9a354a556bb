/**
 * A call of the API as the bytes of its HTTP request. They may hold places for the number of the inference request
 * that the call is about, each of a fixed width, so that no number changes the length of the body:
 *
 * - `{number}`: its 9 digits;
 * - `{digit}`: the last of them;
 * - `{lane}`: one of 1,000 texts of 4 digits;
 * - `{address}`: one of 10,000 IPv4 addresses.
 *
 * `calls.lua` fills in the same.
 */
export interface Call {
  readonly text: string;
  /** The status that the answer must have. */
  readonly status: number;
  /** How many requests back the call's request is; its calls are so far apart that none overtakes another. */
  readonly lag: number;
}

export interface CallTraits {
  readonly status?: number;
  readonly lag?: number;
}

/** Makes a call of method, path and body; with no more headers than HTTP demands. */
export function callOf(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body = '',
  { status = 200, lag = 0 }: CallTraits = {},
): Call {
  const lengthBytes = Buffer.byteLength(filler(body)(0));
  const length = body === '' ? '' : `Content-Length: ${lengthBytes}\r\n`;
  return { text: `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${length}\r\n${body}`, status, lag };
}

const placeTexts: Readonly<Record<string, (number: number) => string>> = {
  number: (number) => String(number).padStart(9, '0'),
  digit: (number) => String(number % 10),
  lane: (number) => String(1_000 + (number % 1_000)),
  address: (number) => `10.0.${100 + (Math.floor(number / 100) % 100)}.${100 + (number % 100)}`,
};

/** @returns what gives the text of each call that is sent, from index 0: in turn, each round with the next number */
export function textsOf(calls: readonly Call[], first: number): (index: number) => string {
  const fillers = calls.map(({ text }) => filler(text));
  return (index) => {
    const nth = index % calls.length;
    return fillers[nth]!(first + Math.floor(index / calls.length) - calls[nth]!.lag);
  };
}

/** @returns what gives the text for a number */
export function filler(text: string): (number: number) => string {
  // Every second part is the name of a place.
  const parts = text.split(/\{(number|digit|lane|address)\}/);
  return (number) => {
    let filled = parts[0]!;
    for (let index = 1; index < parts.length; index += 2)
      filled += placeTexts[parts[index]!]!(number) + parts[index + 1]!;
    return filled;
  };
}
