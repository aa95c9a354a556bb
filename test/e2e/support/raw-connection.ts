import { once } from 'node:events';
import { type Socket, connect } from 'node:net';

/** One TCP connection on which a test decides about every byte. */
export class RawConnection {
  /** The other side has ended the connection. */
  readonly closed: Promise<void>;
  #received = '';
  #isClosed = false;

  private constructor(readonly socket: Socket) {
    socket.setEncoding('utf8').on('data', (text: string) => (this.#received += text));
    // A reset is an end like any other here; what matters is what came before it.
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#isClosed = true;
        resolve();
      });
    });
  }

  static async open(port: number): Promise<RawConnection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  send(text: string): void {
    this.socket.write(text);
  }

  /** Waits for `pattern`. @returns all that came since the last call, up to the pattern's end */
  async receive(pattern: RegExp): Promise<string> {
    for (;;) {
      const match = pattern.exec(this.#received);
      if (match !== null) {
        const end = match.index + match[0].length;
        const text = this.#received.slice(0, end);
        this.#received = this.#received.slice(end);
        return text;
      }
      if (this.#isClosed) throw new Error(`closed before ${pattern}; received:\n${this.#received}`);
      await Promise.race([once(this.socket, 'data'), this.closed]);
    }
  }

  /** One call without a body; its answer is read and the connection kept. */
  async get(path: string): Promise<string> {
    this.send(`GET ${path} HTTP/1.1\r\nHost: test\r\n\r\n`);
    return this.receiveAnswer();
  }

  /** Waits for an enveloped answer. @returns its head and body */
  receiveAnswer(): Promise<string> {
    return this.receive(/"trace_id":"[^"]*"}/);
  }

  /**
   * Sends a call's head and the first half of its body, and waits until the service has the head: it asks for
   * the body. @returns the other half
   */
  async sendHalf(path: string, body: string): Promise<string> {
    const half = body.length / 2;
    this.send(
      `POST ${path} HTTP/1.1\r\nHost: test\r\nContent-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`,
    );
    await this.receive(/HTTP\/1\.1 100 Continue\r\n\r\n/);
    this.send(body.slice(0, half));
    return body.slice(half);
  }
}
