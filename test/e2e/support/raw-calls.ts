import { type Socket, connect } from 'node:net';

/** A call, byte for byte as it is to be sent. */
export interface RawCall {
  readonly method: string;
  readonly path: string;
  readonly body?: string | Buffer;
  /** Whole lines, beside `Host`, `Connection` and `Content-Length`. */
  readonly headers?: readonly string[];
}

/** @param connection what the header `Connection` says */
export function bytesOf({ method, path, body, headers = [] }: RawCall, connection: string): Buffer {
  const content = Buffer.from(body ?? '');
  const length = body === undefined ? [] : [`Content-Length: ${content.length}`];
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'Host: test',
    `Connection: ${connection}`,
    ...length,
    ...headers,
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), content]);
}

/** One connection after the other, each for as long as the server keeps it. An answer is what came, byte for byte. */
export class RawCalls implements Disposable {
  #socket: Socket | undefined;
  #received = '';
  #onNews: () => void = () => undefined;

  constructor(private readonly port: number) {}

  /** @returns the answer as Latin-1; where the server closes the connection, all that it has sent before */
  async exchange(bytes: Buffer | string): Promise<string> {
    this.send(bytes);
    return this.answer();
  }

  send(bytes: Buffer | string): void {
    this.#socket ??= this.#connected();
    this.#socket.write(bytes);
  }

  /** Closes this side; the server's stays open. */
  end(): void {
    this.#socket?.end();
  }

  /** Waits for one whole answer. */
  async answer(): Promise<string> {
    while (this.#socket !== undefined && !isLast(this.#received) && !isWhole(this.#received))
      await this.#news();
    while (this.#socket !== undefined && isLast(this.#received)) await this.#news();
    const answer = this.#received;
    this.#received = '';
    return answer;
  }

  [Symbol.dispose](): void {
    this.#socket?.destroy();
  }

  #news(): Promise<void> {
    return new Promise((resolve) => (this.#onNews = resolve));
  }

  #connected(): Socket {
    const socket = connect({ port: this.port, host: '127.0.0.1', allowHalfOpen: true }).setEncoding('latin1');
    socket.on('data', (text: string) => {
      this.#received += text;
      this.#onNews();
    });
    // A reset is an end like any other here; what matters is what came before it.
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
      this.#onNews();
    });
    return socket;
  }
}

function isLast(answer: string): boolean {
  return /^connection: close\r$/im.test(answer);
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n');
  const length = /^content-length: (\d+)\r$/im.exec(answer.slice(0, end + 2))?.[1];
  return end !== -1 && answer.length >= end + 4 + Number(length ?? 0);
}
