import type { ThisReplica } from '../domain/this-replica.js';
import type { LoadSnapshot } from './load-snapshot.js';
import type { Mesh } from './mesh.js';
import type { Clock } from './ports/clock.js';

const pauseMs = 1_000;
/** Epochs with a gap that are remembered; those that died with one are forgotten with the rest. */
const maxEpochs = 1_024;

/**
 * Fetches a snapshot where an origin's log can't close a gap: from the origin, else from another ready replica. One
 * at a time; an origin whose gap stays open says so with every batch, so nothing is to be remembered of a failure.
 */
export class CloseGap {
  readonly #open = new Set<string>();
  #isLoading = false;
  #notBeforeMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly self: ThisReplica,
    private readonly mesh: Mesh,
    private readonly loadSnapshot: LoadSnapshot,
    private readonly clock: Clock,
  ) {}

  /** Whether an origin is known to have more than this replica. */
  get hasOpenGaps(): boolean {
    return this.#open.size > 0;
  }

  onClosed(epoch: string): void {
    this.#open.delete(epoch);
  }

  onGap(epoch: string, origin: string, remedy: 'gap' | 'snapshot'): void {
    if (this.#open.size >= maxEpochs) this.#open.clear();
    this.#open.add(epoch);
    const mustLoad = remedy === 'snapshot' && this.self.phase === 'ready';
    if (mustLoad && !this.#isLoading && this.clock.nowMs() >= this.#notBeforeMs) void this.#load(origin);
  }

  async #load(origin: string): Promise<void> {
    this.#isLoading = true;
    // Not whatever calls itself an origin: only a peer is ever called.
    const origins = this.mesh.has(origin) ? [origin] : [];
    const others = this.mesh.readyPeers().filter((peer) => peer !== origin);
    for (const donor of [...origins, ...others]) {
      if ((await this.loadSnapshot.execute(donor)) === 'loaded') break;
    }
    this.#isLoading = false;
    this.#notBeforeMs = this.clock.nowMs() + pauseMs;
  }
}
