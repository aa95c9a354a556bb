import type { HashChain } from '../../domain/hash-chain.js';

/**
 * Hears of what clients' calls have told here, for whoever carries it to other replicas.
 *
 * Called once a call, in the order in which the calls took effect, before they are answered. It must not block or
 * throw. Chains are immutable and may be kept.
 */
export abstract class PrefixEvents {
  /** @param savedMs when, in the monotonic clock */
  abstract prefixesSaved(cluster: string, ip: string, chain: HashChain, savedMs: number): void;

  /** @param droppedMs when, in the monotonic clock */
  abstract engineDropped(cluster: string, ip: string, droppedMs: number): void;
}
