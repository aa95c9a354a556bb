import type { HashChain } from '../domain/hash-chain.js';
import type { PrefixIndex } from '../domain/prefix-index.js';
import type { Clock } from './ports/clock.js';
import type { PrefixEvents } from './ports/prefix-events.js';

/** A router has sent a prompt to an engine, which now holds its prefixes. */
export class SavePrefixes {
  constructor(
    private readonly index: PrefixIndex,
    private readonly clock: Clock,
    private readonly events: PrefixEvents,
  ) {}

  execute(cluster: string, ip: string, chain: HashChain): void {
    if (chain.length === 0) return;
    const nowMs = this.clock.nowMs();
    this.index.save(cluster, ip, chain, nowMs, nowMs);
    this.events.prefixesSaved(cluster, ip, chain, nowMs);
  }
}
