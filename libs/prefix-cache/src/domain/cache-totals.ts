/**
 * Why blocks went: the engine's or the index's limit of blocks was reached, or the limit of engines; nobody had saved
 * to the engine for long; or it was said to have lost its cache.
 */
export type EvictionCause = 'engine_full' | 'index_full' | 'engines_full' | 'expired' | 'dropped';

/** What has happened since the start, for metrics. */
export class CacheTotals {
  queries = 0;
  /** Queries that found an engine. */
  hits = 0;
  queriedBlocks = 0;
  /** The longest runs found, summed up. */
  hitBlocks = 0;
  /** Blocks that were new to their engine, whoever told of them. */
  savedBlocks = 0;
  /** Blocks that their engine held already. */
  refreshedBlocks = 0;
  readonly evictedBlocks: Record<EvictionCause, number> = {
    engine_full: 0,
    index_full: 0,
    engines_full: 0,
    expired: 0,
    dropped: 0,
  };

  /** @param longest run that was found; 0 where there was none */
  onQuery(blocks: number, longest: number): void {
    this.queries++;
    this.queriedBlocks += blocks;
    if (longest > 0) this.hits++;
    this.hitBlocks += longest;
  }
}
