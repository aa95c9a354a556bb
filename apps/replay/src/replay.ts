import type { Clock } from './clock.js';
import { leastLoaded } from './engine-choice.js';
import { engineIps } from './engines.js';
import { Gateway } from './gateway.js';
import { LoadApi } from './load-api.js';
import { maxInFlight, playInOrder, playInTime, type Play } from './play.js';
import { seededRandom } from './random.js';
import { schedule, type Step } from './schedule.js';
import type { Statistics } from './statistics.js';
import type { TraceRequest } from './trace/trace-request.js';

/** Times real time; or as fast as the service answers. */
export type Speed = number | 'max';

/** One replay of a trace against one service. */
export interface ReplayPlan {
  readonly requests: readonly TraceRequest[];
  readonly target: string;
  readonly cluster: string;
  readonly engines: number;
  readonly speed: Speed;
  /** Calls in flight at most; at a speed in numbers, nothing waits for a place. */
  readonly concurrency: number;
  readonly seed: number;
}

/** What a replay needs from outside. */
export interface ReplayContext {
  readonly clock: Clock;
  readonly statistics: Statistics;
  /** See {@link GatewayOptions.idPrefix}. */
  readonly idPrefix: string;
  readonly onFinished: (finishedRequests: number) => void;
  /** Ends the replay early. */
  readonly signal: AbortSignal;
}

/**
 * How a replay ended: `played` to its end, which says nothing about errors or differences; `interrupted`;
 * `lost`, when the service gave no proper answer to {@link maxErrorsInARow} calls in a row; or `unusable`
 * before the first request, with the reason.
 */
export type ReplayEnd =
  { readonly end: 'played' | 'interrupted' | 'lost' } | { readonly end: 'unusable'; readonly reason: string };

/** The service is given up after so many failed calls without a good one between. */
export const maxErrorsInARow = 100;

/** Plays a trace against a service and compares all of its answers. Never rejects for what the service does. */
export async function replay(plan: ReplayPlan, context: ReplayContext): Promise<ReplayEnd> {
  const { target, cluster, speed, concurrency, seed } = plan;
  const { clock, statistics, signal } = context;
  const engines = engineIps(plan.engines);
  const connections = speed === 'max' ? concurrency : maxInFlight;
  const api = new LoadApi({ target, cluster, engines, connections });
  const gateway = new Gateway({
    ...context,
    api,
    engines,
    choice: leastLoaded(seededRandom(seed, 'choice')),
  });
  try {
    const first = await gateway.check();
    if (!first.ok)
      return { end: 'unusable', reason: `${target} gives no load (is it running there?): ${first.reason}` };
    if (statistics.differences > 0) {
      return {
        end: 'unusable',
        reason: `cluster ${cluster} has load before the replay; choose another by --cluster`,
      };
    }
    const play: Play = { steps: untilLost(schedule(plan.requests), statistics), gateway, signal };
    await (speed === 'max' ? playInOrder(play, concurrency) : playInTime(play, { speed, clock, statistics }));
    if (signal.aborted) return { end: 'interrupted' };
    if (statistics.finishedRequests < plan.requests.length) return { end: 'lost' };
    // Nothing is in flight: the answer must be zero throughout, unless a failed call left a request behind.
    await gateway.check();
    return { end: 'played' };
  } finally {
    await api.close();
  }
}

function* untilLost(steps: Iterable<Step>, statistics: Statistics): Generator<Step> {
  for (const step of steps) {
    if (statistics.errorsInARow >= maxErrorsInARow) return;
    yield step;
  }
}
