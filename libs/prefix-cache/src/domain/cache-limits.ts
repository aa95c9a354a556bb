/** How much of the engines' caches a replica remembers. What reaches a limit pushes out the least recently used. */
export interface CacheLimits {
  /** Blocks of one engine, like the capacity of its KV cache. */
  readonly maxEngineBlocks: number;
  /** Blocks of all engines. */
  readonly maxBlocks: number;
  /** Engines of all clusters. */
  readonly maxEngines: number;
  /** An engine that nobody has saved to for so long is taken for gone. */
  readonly expiryMs: number;
}
