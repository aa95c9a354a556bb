import type { HashChain } from '../src/domain/hash-chain.js';

/** A chain of numbers, each from 0 to 2^64 - 1. */
export function chainOf(hashes: readonly bigint[]): HashChain {
  return {
    length: hashes.length,
    high: Uint32Array.from(hashes, (hash) => Number(hash >> 32n)),
    low: Uint32Array.from(hashes, (hash) => Number(hash & 0xffff_ffffn)),
  };
}
