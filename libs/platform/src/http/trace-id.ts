import { randomUUID } from 'node:crypto';

/** Header in which a client may send its trace id; Node gives header names in lower case. */
export const traceIdRequestHeader = 'traceid';

/** Header in which the trace id goes back. */
export const traceIdResponseHeader = 'X-Trace-ID';

const acceptable = /^[\x20-\x7e]{1,128}$/;

/**
 * The trace id of a call: the client's, if it is 1 to 128 printable ASCII characters, else a new UUID. The
 * client's value goes back to it in a header, so nothing else may pass.
 */
export function traceIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && acceptable.test(header) ? header : randomUUID();
}
