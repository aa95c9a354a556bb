import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** Fastify tells of every handler that it is about to call. */
const channel = 'tracing:fastify.request.handler:start';

/** Counts the calls in this process whose handlers are called by the framework. The fast lane calls them by itself. */
export class FrameworkCalls implements Disposable {
  #count = 0;
  readonly #onCall = () => void this.#count++;

  constructor() {
    subscribe(channel, this.#onCall);
  }

  /** How many there were since the last time. */
  take(): number {
    const count = this.#count;
    this.#count = 0;
    return count;
  }

  [Symbol.dispose](): void {
    unsubscribe(channel, this.#onCall);
  }
}
