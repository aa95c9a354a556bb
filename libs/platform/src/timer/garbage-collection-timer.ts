import { setImmediate as nextTurn } from 'node:timers/promises';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';

/** What a context has to collect. */
export interface Garbage {
  /** Takes one bite, of a millisecond or so. @returns whether more is due */
  execute(): boolean;
}

/** Collects garbage at an interval, in bites between which calls are answered. */
export class GarbageCollectionTimer implements OnApplicationBootstrap, OnApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(
    private readonly garbage: Garbage,
    private readonly intervalMs: number,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setTimeout(() => void this.#collect(), this.intervalMs).unref();
  }

  onApplicationShutdown(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  async #collect(): Promise<void> {
    while (!this.#isStopped && this.garbage.execute()) await nextTurn();
    if (!this.#isStopped) this.onApplicationBootstrap();
  }
}
