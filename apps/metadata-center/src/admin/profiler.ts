import { setTimeout as sleep } from 'node:timers/promises';
import { encode, heap, time } from '@datadog/pprof';
import { ApiError } from '#platform';

/** One sample for each 512 KiB that are allocated, as in Go; costs too little to measure. */
const heapIntervalBytes = 512 * 1024;
const heapStackDepth = 64;
const cpuIntervalUs = 1_000;

/** Takes profiles of this process, one at a time, gzipped in pprof's format. */
export class Profiler {
  #isBusy = false;

  /** Begins to sample allocations, so that a heap profile shows all that was allocated from now on and lives. */
  constructor() {
    try {
      heap.start(heapIntervalBytes, heapStackDepth);
    } catch (error) {
      // Sampling is the process's: another replica in it may have begun already.
      if (!/already started/.test((error as Error).message)) throw error;
    }
  }

  /**
   * What the JavaScript thread does during the next `durationMs`: samples of wall-clock time, idle time left out.
   *
   * @param signal ends the profile early, with what there is by then
   * @throws ApiError while another profile is taken
   */
  cpu(durationMs: number, signal: AbortSignal): Promise<Uint8Array> {
    return this.#alone(async () => {
      time.start({ intervalMicros: cpuIntervalUs, lineNumbers: true });
      await sleep(durationMs, undefined, { signal }).catch(() => undefined);
      return encode(time.stop());
    });
  }

  /** Which code allocated what lives on the heap. @throws ApiError while another profile is taken */
  heap(): Promise<Uint8Array> {
    return this.#alone(() => encode(heap.profile()));
  }

  async #alone(take: () => Promise<Uint8Array>): Promise<Uint8Array> {
    if (this.#isBusy)
      throw new ApiError('limitReached', 'another profile is being taken; try again when it is done');
    this.#isBusy = true;
    try {
      return await take();
    } finally {
      this.#isBusy = false;
    }
  }
}
