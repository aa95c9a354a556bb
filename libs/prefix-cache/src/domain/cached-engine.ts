import { emptyList } from './blocks/recency-links.js';

/** The place of an engine that is not in the queue yet. */
export const unqueued = -1;

/** A cluster of which an engine holds something. */
export class CachedCluster {
  readonly engines = new Map<string, CachedEngine>();
  /** Blocks of its engines. */
  blockCount = 0;
  /** Engines that are gone and whose blocks are still to be cleared away: they keep its number in use. */
  retiredCount = 0;

  constructor(
    readonly number: number,
    readonly name: string,
  ) {}
}

/** What is known of one engine's cache. Its blocks belong to the index. */
export class CachedEngine {
  /** The most recently used first. */
  readonly blocks = emptyList();
  blockCount = 0;
  /** When its last prompt was saved, in the monotonic clock; likewise the first since it is known. */
  savedMs = Number.NEGATIVE_INFINITY;
  firstSavedMs = Number.POSITIVE_INFINITY;
  /** Which one of all saves was its last; below zero where it is known from another replica's past alone. */
  saveOrder = 0;
  /** Its place in the order of saves, for the queue that keeps it. */
  queuePlace = unqueued;

  constructor(
    readonly number: number,
    readonly cluster: CachedCluster,
    readonly ip: string,
  ) {}

  /**
   * A prompt was saved, now or on another replica a while ago.
   *
   * @param saveOrder at least the one of the last time
   */
  onSaved(savedMs: number, saveOrder: number): void {
    this.savedMs = Math.max(this.savedMs, savedMs);
    this.firstSavedMs = Math.min(this.firstSavedMs, savedMs);
    this.saveOrder = saveOrder;
  }

  isSavedBefore(other: CachedEngine): boolean {
    return (
      this.savedMs < other.savedMs || (this.savedMs === other.savedMs && this.saveOrder < other.saveOrder)
    );
  }
}
