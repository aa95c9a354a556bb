import { systemClock } from '../src/clock.js';
import { seededRandom } from '../src/random.js';
import { replay, type ReplayContext, type Replayed, type ReplayPlan } from '../src/replay.js';
import { Statistics } from '../src/statistics.js';
import { syntheticTrace } from '../src/trace/synthetic.js';
import type { FakeReplica } from './fake-replica.js';

/** 150 requests without prefixes. */
export const { requests: smallTrace } = syntheticTrace(150, seededRandom(1, 'trace'));

/** How a replay ended, and what it counted. */
export interface ReplayedOn extends Replayed {
  readonly statistics: Statistics;
}

/** Replays on fakes, at full speed on 8 engines unless told otherwise. */
export async function replayOn(
  fakes: readonly FakeReplica[],
  plan: Partial<ReplayPlan> = {},
  context: Partial<ReplayContext> = {},
): Promise<ReplayedOn> {
  const statistics = new Statistics();
  const played = await replay(
    {
      requests: smallTrace,
      targets: fakes.map(({ target }) => target),
      clusters: ['c'],
      engines: 8,
      choice: 'least-loaded',
      speed: 'max',
      concurrency: 16,
      seed: 1,
      timeoutMs: 10_000,
      stalenessMs: 3000,
      tolerateFaults: false,
      ...plan,
    },
    {
      clock: systemClock,
      statistics,
      idPrefix: 'run',
      onFinished: () => undefined,
      signal: new AbortController().signal,
      ...context,
    },
  );
  return { ...played, statistics };
}
