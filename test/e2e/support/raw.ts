import { type Socket, connect } from 'node:net';

/**
 * Sends bytes as they are and collects what comes back until the server closes the connection: for what no HTTP
 * client would send.
 */
export function exchange(port: number, ...pieces: (string | Buffer)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      for (const piece of pieces) socket.write(piece);
    });
    collect(socket).then(resolve, reject);
  });
}

/** All that a socket receives until its end. */
export function collect(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('error', reject);
    socket.on('end', () => socket.end());
    socket.on('close', () => resolve(text));
  });
}
