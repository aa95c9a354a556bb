/** Lets time pass. */
export abstract class Timers {
  /**
   * Runs an action once, later and never at once; after 0 ms as soon as what is under way is done. Timers do not
   * keep the process alive.
   *
   * @returns what cancels it; without effect afterwards
   */
  abstract after(delayMs: number, action: () => void): () => void;

  /** Lets other work in between two slices of a long one. */
  abstract nextTurn(): Promise<void>;

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.after(delayMs, resolve));
  }
}
