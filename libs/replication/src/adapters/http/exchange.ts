import type { Dispatcher } from 'undici';
import { PeerError } from '../../application/ports/peer-client.js';

/** An answer as it came. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/**
 * One call and its whole answer, as a handler of undici’s `dispatch`, which costs less than its promise API: no
 * stream is made. Ends by the answer, by a failure, by the time-out, or when the answer is larger than it may be.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #chunks: Buffer[] = [];
  readonly #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #bytes = 0;
  #isOver = false;

  constructor(
    timeoutMs: number,
    private readonly maxBytes: number,
    private readonly onAnswer: (answer: HttpAnswer) => void,
    private readonly onFailure: (error: PeerError) => void,
  ) {
    this.#timer = setTimeout(() => this.#giveUp(`no answer within ${timeoutMs} ms`), timeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // The time-out came while the call waited for a connection.
    if (this.#isOver) controller.abort(new Error('too late'));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.maxBytes) this.#giveUp(`an answer of more than ${this.maxBytes} bytes`);
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (!this.#end()) return;
    const body = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
    this.onAnswer({ status: this.#status, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#end()) this.onFailure(new PeerError(error.message || error.name));
  }

  #giveUp(reason: string): void {
    if (!this.#end()) return;
    this.onFailure(new PeerError(reason));
    this.#controller?.abort(new Error(reason));
  }

  /** @returns whether this was the first end */
  #end(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    clearTimeout(this.#timer);
    return true;
  }
}
