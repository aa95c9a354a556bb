import { Directory, DirectoryError, type PeerAddress } from '#replication';
import type { SeededRandom } from './seeded-random.js';
import type { SimulatedProcess } from './simulated-process.js';

/** How a directory answers: rightly, or as it does on a bad day. */
export type DirectoryMood = 'sound' | 'failing' | 'empty' | 'stale';

/** A directory of one replica: lists who is there, or fails to. */
export class SimulatedDirectory extends Directory {
  #last: readonly PeerAddress[] = [];
  mood: DirectoryMood = 'sound';

  /** @param listed who is there now */
  constructor(
    private readonly process: SimulatedProcess,
    private readonly random: SeededRandom,
    private readonly listed: () => readonly PeerAddress[],
  ) {
    super();
  }

  override async lookUp(): Promise<readonly PeerAddress[]> {
    await this.process.timers.sleep(this.random.between(0.5, this.mood === 'failing' ? 2_000 : 20));
    if (this.mood === 'failing') throw new DirectoryError('replicas.test: SERVFAIL');
    if (this.mood === 'empty') return [];
    if (this.mood === 'sound' || this.#last.length === 0) this.#last = this.listed();
    return this.#last;
  }
}
