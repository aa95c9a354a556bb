import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * The connections of a server, so that its end can wait for what was written to them: Node's `close()` destroys a
 * connection as soon as its answer is complete, even if most of it has not left yet for a slow client.
 */
export class OpenConnections {
  readonly #sockets = new Set<Socket>();

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** Waits until all that was written has left, or its connection is gone. */
  async flush(): Promise<void> {
    const unsent = [...this.#sockets].filter(({ writableLength }) => writableLength > 0);
    await Promise.all(unsent.map((socket) => sent(socket)));
  }
}

function sent(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', resolve);
    // Nothing, behind all that waits: its callback comes when that has left.
    if (!socket.writableEnded) socket.write('', () => resolve());
  });
}
