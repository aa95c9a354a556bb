/** What became of the attempts at one replica. */
export interface ReplicaFigures {
  /** How many calls were sent to it, first attempts and retries. */
  readonly attempts: number;
  /** How many of these were retries of what another replica had not answered well. */
  readonly retries: number;
  /** How many had no whole answer in time. */
  readonly timeouts: number;
  /** How many failed otherwise: no connection, no proper answer, refused. */
  readonly refusals: number;
  /** How many calls began here and failed: neither this replica nor the next answered well. */
  readonly failedCalls: number;
}

/** Nothing was sent yet. */
export const noFigures: ReplicaFigures = {
  attempts: 0,
  retries: 0,
  timeouts: 0,
  refusals: 0,
  failedCalls: 0,
};

/** The sums over several replicas. */
export function sumOf(figures: readonly ReplicaFigures[]): ReplicaFigures {
  return figures.reduce(
    (sum, each) => ({
      attempts: sum.attempts + each.attempts,
      retries: sum.retries + each.retries,
      timeouts: sum.timeouts + each.timeouts,
      refusals: sum.refusals + each.refusals,
      failedCalls: sum.failedCalls + each.failedCalls,
    }),
    noFigures,
  );
}
