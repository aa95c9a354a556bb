import type { Dispatcher } from 'undici';

/** A call as it goes over the wire; a retry sends the same bytes again. */
export interface WireCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body: string | null;
}

/** What came back: a whole answer, whatever it says; or none, in time or at all. */
export type WireAnswer =
  | { readonly kind: 'answer'; readonly statusCode: number; readonly body: string }
  | { readonly kind: 'timeout'; readonly reason: string }
  | { readonly kind: 'failure'; readonly reason: string };

/**
 * One call and its answer. Reads the body by itself: undici's `request` makes a stream of every answer, which
 * costs more than the rest of the call.
 *
 * @param timeoutMs from now to the whole answer; without it the dispatcher's own limits hold
 */
export function exchange(dispatcher: Dispatcher, call: WireCall, timeoutMs?: number): Promise<WireAnswer> {
  return new Promise((resolve) => {
    const reading = new Exchange(resolve, timeoutMs);
    // `reset: false`: undici would close the connection after each DELETE with a body.
    dispatcher.dispatch({ method: call.method, path: call.path, body: call.body, reset: false }, reading);
  });
}

/**
 * A connection whose call was given up is kept so long for the answer. Closing it at once, as Go's client
 * does, would have a replica that stalled take hundreds of connections anew instead of going on.
 */
const graceMs = 1000;

class Exchange implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: WireAnswer) => void;
  #timer: NodeJS.Timeout | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #givenUp: Error | undefined;
  #settled = false;
  #statusCode = 0;
  readonly #chunks: Buffer[] = [];

  constructor(resolve: (answer: WireAnswer) => void, timeoutMs: number | undefined) {
    this.#resolve = resolve;
    // The turn lets the event loop read first what came while it was busy itself: that is not late.
    if (timeoutMs !== undefined)
      this.#timer = setTimeout(() => setImmediate(() => this.#giveUp(timeoutMs)), timeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // It waited for a connection until its time was over. Throwing leaves it unsent and the connection open,
    // which aborting would close.
    if (this.#givenUp !== undefined) throw this.#givenUp;
    this.#controller = controller;
  }

  onResponseStart(_: Dispatcher.DispatchController, statusCode: number): void {
    this.#statusCode = statusCode;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first] = this.#chunks;
    const whole = this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks);
    this.#settle({ kind: 'answer', statusCode: this.#statusCode, body: whole.toString() });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#settle({ kind: isTimeout(error) ? 'timeout' : 'failure', reason: describe(error) });
  }

  #giveUp(timeoutMs: number): void {
    if (this.#settled) return;
    const reason = `no answer within ${timeoutMs} ms`;
    this.#settle({ kind: 'timeout', reason });
    this.#givenUp = new Error(reason);
    this.#timer = setTimeout(() => this.#controller?.abort(this.#givenUp!), graceMs);
  }

  #settle(answer: WireAnswer): void {
    clearTimeout(this.#timer);
    this.#settled = true;
    this.#resolve(answer);
  }
}

function isTimeout(error: Error): boolean {
  return error.name === 'HeadersTimeoutError' || error.name === 'BodyTimeoutError';
}

function describe(error: Error): string {
  // A refused connection to a name with several addresses says nothing but this code.
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return error.message.includes(code) ? error.message : `${code} ${error.message}`.trim();
}
