/**
 * A prompt as the hashes of its prefixes, the shortest first: unsigned 64-bit integers in two halves, since a number
 * holds 53 bits. Each hash stands for the whole prompt so far, not for its last block alone.
 */
export interface HashChain {
  readonly length: number;
  /** The upper 32 bits of each hash. */
  readonly high: Uint32Array;
  /** The lower 32 bits of each hash. */
  readonly low: Uint32Array;
}

/** Hashes of one chain: 4 MiB of prompt at AIGW's 512 bytes a block. */
export const maxChainLength = 8_192;
