import { type Socket, connect } from 'node:net';

/**
 * A connection to a port of this machine; it takes what the server sends as text.
 *
 * @param staysOpen keeps this side open when the server has closed its own
 */
export function openSocket(port: number, staysOpen = false): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: staysOpen }, () => {
      socket.off('error', reject);
      resolve(socket.setEncoding('utf8'));
    });
    socket.once('error', reject);
  });
}

/** All that the server sends until the connection is closed; a reset closes it, too. */
export function received(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(text));
  });
}

/** Sends bytes as they are, for what no HTTP client would send, and gives what comes back until the end. */
export async function exchange(port: number, bytes: string | Buffer): Promise<string> {
  const socket = await openSocket(port);
  const answer = received(socket);
  socket.write(bytes);
  return answer;
}

/** One answer as it stood on the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: unknown;
}

/** @throws where the text is not exactly one answer with a JSON body of the length that it states */
export function parseAnswer(text: string): RawAnswer {
  const [head = '', body = ''] = text.split('\r\n\r\n');
  const length = /^content-length: (\d+)$/im.exec(head)?.[1];
  if (Number(length) !== Buffer.byteLength(body)) throw new Error(`not one whole answer: ${text}`);
  return { status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]), head, body: JSON.parse(body) as unknown };
}
