/** Bounds how much is under way at a time. For one caller that starts things one after the other. */
export class InFlight {
  readonly #limit: number;
  #count = 0;
  #onEnd: (() => void) | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Starts `work`, which must not reject, as soon as fewer than the limit are under way. Does not wait for its end. */
  async start(work: () => Promise<void>): Promise<void> {
    while (this.#count >= this.#limit) await this.#nextEnd();
    this.#count++;
    void work().finally(() => {
      this.#count--;
      this.#onEnd?.();
    });
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.#count > 0) await this.#nextEnd();
  }

  #nextEnd(): Promise<void> {
    return new Promise((resolve) => {
      this.#onEnd = resolve;
    });
  }
}
