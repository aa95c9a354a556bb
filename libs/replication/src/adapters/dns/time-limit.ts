/** The end of a look-up's time: one for all of its steps. It begins when it is made. */
export class TimeLimit {
  readonly #end: AbortSignal;

  constructor(private readonly ms: number) {
    this.#end = AbortSignal.timeout(ms);
  }

  /**
   * What the action gives, if it does so in time; what comes later is dropped. After the end nothing is begun.
   *
   * @throws TimeLimitError
   */
  async within<T>(action: () => Promise<T>): Promise<T> {
    if (this.#end.aborted) throw new TimeLimitError(this.ms);
    const { promise: ended, reject } = Promise.withResolvers<never>();
    const end = (): void => reject(new TimeLimitError(this.ms));
    this.#end.addEventListener('abort', end, { once: true });
    try {
      return await Promise.race([action(), ended]);
    } finally {
      this.#end.removeEventListener('abort', end);
    }
  }
}

/** There was no answer in time. */
class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';

  constructor(ms: number) {
    super(`no answer within ${ms} ms`);
  }
}
