import { destination } from 'pino';

/** What waits for a reader that has stopped to read; beyond it lines are dropped and counted. */
const maxWaitingBytes = 4 * 1024 * 1024;

/** Time at the end for what waits. */
const flushTimeoutMs = 1_000;

/**
 * Where the log goes: a file descriptor, written without blocking. A reader that stalls must not stop the service,
 * as it would with synchronous writes.
 */
export class LogOutput {
  readonly #stream;
  #droppedLines = 0;

  /** @param dest a file descriptor or path, standard output by default */
  constructor({
    dest = 1,
    maxLength = maxWaitingBytes,
  }: { dest?: number | string; maxLength?: number } = {}) {
    // A least length of 1 writes each line at once; with 0 a flush would not wait.
    this.#stream = destination({ dest, maxLength, minLength: 1, sync: false });
    this.#stream.on('drop', () => this.#droppedLines++);
    // A reader that has gone for good is no reason to go, too.
    this.#stream.on('error', () => undefined);
  }

  /** Lines that found no room since the start. */
  get droppedLines(): number {
    return this.#droppedLines;
  }

  write(line: string): void {
    this.#stream.write(line);
  }

  /** Waits until all that was written has left, a second at most. */
  async flush(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timeout = setTimeout(resolve, flushTimeoutMs);
      this.#stream.flush(() => {
        clearTimeout(timeout);
        resolve();
      });
    });
  }
}
