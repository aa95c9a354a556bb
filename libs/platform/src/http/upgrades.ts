import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Takes over a connection. Whatever came behind the request is still to be read from it. */
export type AcceptUpgrade = (socket: Socket) => void;

/** Connections that were upgraded, at a time: far more than there can be peers. */
const maxSockets = 1_024;

/**
 * Protocols that a client may change to on a connection (RFC 9110, section 7.8). An offer that nobody has asked for
 * here is ignored, as the RFC allows, and the request answered as any other.
 */
export class Upgrades {
  readonly #accepts = new Map<string, AcceptUpgrade>();
  readonly #sockets = new Set<Duplex>();

  /** @param protocol in lower case */
  add(path: string, protocol: string, accept: AcceptUpgrade): void {
    this.#accepts.set(keyOf(path, protocol), accept);
  }

  isWanted({ url, headers }: IncomingMessage): boolean {
    const isKnown = this.#accepts.has(keyOf(url, headers.upgrade));
    return isKnown && this.#sockets.size < maxSockets;
  }

  /** Answers a request that {@link isWanted} let through. */
  accept({ url, headers }: IncomingMessage, socket: Duplex, head: Buffer): void {
    const protocol = headers.upgrade!.toLowerCase();
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    // Node's HTTP server leaves its own side of a connection open.
    socket.once('end', () => socket.end());
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`);
    if (head.length > 0) socket.unshift(head);
    // Node's types leave open what an HTTP server listens on; here it is always TCP.
    this.#accepts.get(keyOf(url, protocol))!(socket as Socket);
  }

  /** The server closes: it would wait for these connections for ever. */
  end(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

function keyOf(path = '', protocol = ''): string {
  return `${path} ${protocol.toLowerCase()}`;
}
