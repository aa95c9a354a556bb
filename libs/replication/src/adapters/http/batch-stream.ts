import type { Duplex } from 'node:stream';
import { PeerError } from '../../application/ports/peer-client.js';
import type { HttpAnswer } from './exchange.js';
import { LineBuffer } from './line-buffer.js';

/** Where batches go, and what a connection for nothing but batches is upgraded to. */
export const batchPath = '/v1/replica/events';
export const batchStreamProtocol = 'metadata-center-batches';

const maxAnswerBytes = 64 * 1024;

interface Waiting {
  readonly resolve: (answer: HttpAnswer) => void;
  readonly reject: (error: PeerError) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * A connection for the batches to one peer: each is a line, and so is its answer, a status and an envelope. It costs
 * less than half of a call for each batch, on both sides. One batch is under way at a time; a time-out ends the
 * connection, since its answer could be taken for that of the next.
 */
export class BatchStream {
  readonly #lines = new LineBuffer(maxAnswerBytes);
  #waiting: Waiting | undefined;
  #isOpen = true;

  constructor(private readonly socket: Duplex) {
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', (error) => this.#end(error.message));
    socket.on('close', () => this.#end('the connection was closed'));
    socket.on('end', () => this.#end('the connection was closed'));
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** @throws PeerError */
  call(batch: string, timeoutMs: number): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#end(`no answer within ${timeoutMs} ms`), timeoutMs);
      this.#waiting = { resolve, reject, timer };
      this.socket.write(`${batch}\n`);
    });
  }

  close(): void {
    this.#end('the connection was closed');
  }

  #read(chunk: Buffer): void {
    const lines = this.#lines.push(chunk);
    if (lines === 'too-long') this.#end(`an answer of more than ${maxAnswerBytes} bytes`);
    else for (const line of lines) this.#take(line);
  }

  #take(line: Buffer): void {
    const waiting = this.#waiting;
    if (waiting === undefined) {
      this.#end('an answer to nothing');
      return;
    }
    this.#waiting = undefined;
    clearTimeout(waiting.timer);
    waiting.resolve({ status: Number(line.toString('latin1', 0, 3)), body: line.subarray(4) });
  }

  #end(reason: string): void {
    this.#isOpen = false;
    this.socket.destroy();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    waiting.reject(new PeerError(reason));
  }
}
