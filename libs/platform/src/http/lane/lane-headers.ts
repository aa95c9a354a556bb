/** What the lane wants to know of a request's headers. */
export interface LaneHeaders {
  readonly traceId: string | undefined;
  /** Undefined where none is given. */
  readonly contentLength: number | undefined;
}

/**
 * Reads the headers as they came, name after value, without making an object of them.
 *
 * @returns undefined where one of them asks for something out of the ordinary, or Host is not there exactly once
 */
export function readLaneHeaders(rawHeaders: readonly string[]): LaneHeaders | undefined {
  let traceId: string | undefined;
  let contentLength: number | undefined;
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    // The length first: nearly all headers are none of these.
    switch (name.length) {
      case 4:
        if (is(name, 'host')) hosts++;
        break;
      case 6:
        if (is(name, 'expect')) return undefined;
        break;
      case 7:
        if (is(name, 'upgrade')) return undefined;
        if (!is(name, 'traceid')) break;
        if (traceId !== undefined) return undefined;
        traceId = rawHeaders[i + 1]!;
        break;
      case 10:
        if (is(name, 'connection') && !is(rawHeaders[i + 1]!, 'keep-alive')) return undefined;
        break;
      case 14:
        if (!is(name, 'content-length')) break;
        if (contentLength !== undefined) return undefined;
        contentLength = Number(rawHeaders[i + 1]);
        break;
      case 17:
        if (is(name, 'transfer-encoding')) return undefined;
        break;
    }
  }
  return hosts === 1 ? { traceId, contentLength } : undefined;
}

function is(text: string, lowerCase: string): boolean {
  return text === lowerCase || text.toLowerCase() === lowerCase;
}
