/**
 * One reading of the two clocks, handed in by whoever calls the domain.
 *
 * Ages and deadlines use the monotonic clock alone; the wall clock is only shown (`updated_time`), since it
 * may jump and differs between replicas.
 */
export interface Moment {
  /** Milliseconds since an arbitrary start; never goes back. */
  readonly monotonicMs: number;
  /** Unix time in microseconds; may jump. */
  readonly unixUs: number;
}
