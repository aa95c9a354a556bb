import {
  type DigestWindow,
  type KnownState,
  ReplicatedState,
  type StateAges,
  type StateDigest,
  type StateSelection,
} from '#replication';
import type { Clock } from '../../application/ports/clock.js';
import type { LoadStats } from '../../domain/load-stats.js';
import { loadKind } from './load-kind.js';
import { type LifeOfRequest, knownText, readLife } from './life-format.js';

/** The load as replicas keep it the same: every id and what is known of it. Counts follow, and are never sent. */
export class ReplicatedLoad extends ReplicatedState<LifeOfRequest> {
  override readonly kind = loadKind;
  override readonly isRepaired = true;

  constructor(
    private readonly load: LoadStats,
    private readonly clock: Clock,
  ) {
    super();
  }

  override get horizonMs(): number {
    return this.load.horizonMs(this.clock.now());
  }

  override parse(state: unknown, ages: StateAges): LifeOfRequest {
    return readLife(state, ages, this.clock.now().monotonicMs);
  }

  override merge({ key, life, changedMs }: LifeOfRequest): boolean {
    return this.load.merge(key, life, this.clock.now(), changedMs);
  }

  /**
   * Whoever asks for all that may count is told of what has expired, too: there it may seem younger, since it arrived
   * at a process that had been stopped, and would count until its own time comes.
   */
  override *states({ youngerThanMs = Infinity, buckets }: StateSelection): Iterable<readonly KnownState[]> {
    const selection = {
      buckets,
      youngerThanMs: this.#isAllThatCounts(youngerThanMs) ? undefined : youngerThanMs,
    };
    for (const lives of this.load.known.slices(selection, () => this.clock.now().monotonicMs)) {
      yield lives.map(({ key, life, changedMs }) => ({
        state: knownText(key, life),
        sinceMs: life.startedMs,
        changedMs,
      }));
    }
  }

  override digest(into: StateDigest, window: DigestWindow): Iterable<void> {
    return this.load.known.hash(window, (bucket, high, low) => into.add(bucket, high, low));
  }

  #isAllThatCounts(youngerThanMs: number): boolean {
    return youngerThanMs >= this.load.policy.expiryMs;
  }
}
