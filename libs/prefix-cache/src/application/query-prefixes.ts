import type { HashChain } from '../domain/hash-chain.js';
import type { Location, PrefixIndex } from '../domain/prefix-index.js';
import type { Clock } from './ports/clock.js';

/** A router asks which engines hold the beginning of a prompt, before it chooses one. */
export class QueryPrefixes {
  constructor(
    private readonly index: PrefixIndex,
    private readonly clock: Clock,
  ) {}

  /**
   * @param limit how many engines are wanted at most
   * @returns the engines, the longest run first; none for an unknown cluster
   */
  execute(cluster: string, chain: HashChain, limit: number): readonly Location[] {
    return this.index.query(cluster, chain, limit, this.clock.nowMs());
  }
}
