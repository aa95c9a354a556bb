import { type KnownState, ReplicatedState, type StateAges, type StateSelection } from '#replication';
import type { Clock } from '../../application/ports/clock.js';
import type { PrefixIndex } from '../../domain/prefix-index.js';
import { type ToldPrefixes, heldText, prefixKind, readPrefixes } from './prefix-format.js';

/**
 * The prefixes that engines hold, as replicas tell each other of them. A hint: each replica evicts by itself, so they
 * are never compared or repaired, and losing some of them costs a cache miss.
 */
export class ReplicatedPrefixes extends ReplicatedState<ToldPrefixes> {
  override readonly kind = prefixKind;
  override readonly isRepaired = false;
  override readonly horizonMs = Infinity;

  constructor(
    private readonly index: PrefixIndex,
    private readonly clock: Clock,
  ) {
    super();
  }

  override parse(state: unknown, ages: StateAges): ToldPrefixes {
    return readPrefixes(state, ages, this.clock.nowMs());
  }

  override merge({ what, cluster, ip, chain, sinceMs }: ToldPrefixes): boolean {
    const nowMs = this.clock.nowMs();
    switch (what) {
      case 'saved':
        return this.index.save(cluster, ip, chain, sinceMs, nowMs);
      case 'held':
        return this.index.recall(cluster, ip, chain, sinceMs, nowMs);
      case 'dropped':
        return this.index.drop(cluster, ip, sinceMs);
    }
  }

  /** From the most recently used on, however old: a reader that has no room for all has the best of it. */
  override *states(_selection: StateSelection): Iterable<readonly KnownState[]> {
    for (const runs of this.index.recent.slices()) {
      yield runs.map(({ engine: { cluster, ip, savedMs }, hashes }) => ({
        state: heldText(cluster.name, ip, hashes),
        sinceMs: savedMs,
        changedMs: savedMs,
      }));
    }
  }

  override digest(): Iterable<void> {
    return [];
  }
}
