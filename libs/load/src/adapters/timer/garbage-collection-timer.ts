import { setImmediate as nextTurn } from 'node:timers/promises';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { CollectGarbage } from '../../application/collect-garbage.js';

/** Collects garbage at an interval, in bites between which calls are answered. */
export class GarbageCollectionTimer implements OnApplicationBootstrap, OnApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(
    private readonly collectGarbage: CollectGarbage,
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
    while (!this.#isStopped && this.collectGarbage.execute()) await nextTurn();
    if (!this.#isStopped) this.onApplicationBootstrap();
  }
}
