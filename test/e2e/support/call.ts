import { type Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The parsed envelope. */
  readonly body: {
    readonly status: 'OK' | 'ERROR';
    readonly error: { readonly code: number; readonly message: string; readonly reason: string } | null;
    readonly data: unknown;
    readonly trace_id: string;
  };
}

/**
 * One HTTP call with exactly the headers and body given: `fetch` would add its own.
 *
 * @param agent keeps sockets for several calls; without it each call has a socket of its own
 */
export function call(
  method: string,
  url: string,
  body?: string | Buffer | object,
  headers: Record<string, string> = {},
  agent: Agent | false = false,
): Promise<Answer> {
  const bytes = body === undefined ? undefined : toBytes(body);
  return new Promise((resolve, reject) => {
    const isChunked = headers['transfer-encoding'] !== undefined;
    const length = bytes === undefined || isChunked ? {} : { 'content-length': String(bytes.length) };
    const outgoing = request(url, { method, agent, headers: { ...length, ...headers } }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const isJson = incoming.headers['content-type']?.startsWith('application/json') === true;
        const parsed = (isJson && text !== '' ? JSON.parse(text) : undefined) as Answer['body'];
        resolve({ status: incoming.statusCode!, headers: incoming.headers, text, body: parsed });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(bytes);
  });
}

/** {@link call}, or one that adds something to it. */
export type Call = typeof call;

function toBytes(body: string | Buffer | object): Buffer {
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}
