/**
 * How much a replica holds. The first three refuse clients' new records only: never a release or removal,
 * never what a replica sends. The last makes room by forgetting the oldest.
 */
export interface LoadLimits {
  readonly maxRequests: number;
  readonly maxEngines: number;
  readonly maxClusters: number;
  readonly maxTombstones: number;
}

/** The limit that refused a record. */
export type ReachedLimit = 'requests-full' | 'engines-full' | 'clusters-full';
