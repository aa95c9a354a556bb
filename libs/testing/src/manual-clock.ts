/** Both clocks, moved by hand. */
export class ManualClock {
  #monotonicMs = 5_000_000;
  #unixUs = Date.UTC(2026, 0, 1) * 1000;

  now(): { readonly monotonicMs: number; readonly unixUs: number } {
    return { monotonicMs: this.#monotonicMs, unixUs: this.#unixUs };
  }

  nowMs(): number {
    return this.#monotonicMs;
  }

  advance(ms: number): void {
    this.#monotonicMs += ms;
    this.#unixUs += ms * 1000;
  }
}
