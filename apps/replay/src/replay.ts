import { CacheApi } from './cache-api.js';
import { choiceOf, type ChoiceName } from './choice/choices.js';
import type { Clock } from './clock.js';
import { awaitConvergence, type Convergence } from './convergence.js';
import { engineIps } from './engines.js';
import { Fleet, type CountedReplica } from './fleet/fleet.js';
import { Gateway } from './gateway.js';
import { Gateways } from './gateways.js';
import { LoadApi } from './load-api.js';
import { maxInFlight, maxInFlightAtRate, playInOrder, playInTime, type Play } from './play.js';
import { seededRandom } from './random.js';
import { atRate, type PacedArrivals, type Rate } from './rate.js';
import { schedule, type Step } from './schedule.js';
import { Statistics } from './statistics.js';
import { uniqueTimestamps } from './timestamps.js';
import type { TraceRequest } from './trace/trace-request.js';

/** Times real time; or as fast as the service answers. */
export type Speed = number | 'max';

/** One replay of a trace against one service. */
export interface ReplayPlan {
  readonly requests: readonly TraceRequest[];
  /** The service's replicas, in any order. */
  readonly targets: readonly string[];
  /** At least one; requests go to them in turn. */
  readonly clusters: readonly string[];
  /** In each cluster. */
  readonly engines: number;
  readonly choice: ChoiceName;
  readonly speed: Speed;
  /** Where given, it takes the place of speed. */
  readonly rate?: Rate;
  /** Calls in flight at most; at a speed in numbers, nothing waits for a place. */
  readonly concurrency: number;
  readonly seed: number;
  /** With several targets: how long one may take before the next is asked. */
  readonly timeoutMs: number;
  /** With several targets: how long a replica may be without what another acknowledged. */
  readonly stalenessMs: number;
  /** Goes on however many calls fail, and compares with the books at the end. */
  readonly tolerateFaults: boolean;
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
  | {
      readonly end: 'played';
      /** With several targets, or where faults are tolerated: how the replicas stood after the last call. */
      readonly convergence?: Convergence;
    }
  | { readonly end: 'interrupted' | 'lost' }
  | { readonly end: 'unusable'; readonly reason: string };

/** The service is given up after so many failed calls without a good one between. */
export const maxErrorsInARow = 100;

/** All replicas must be right so long after the last call. */
export const convergenceLimitMs = 3000;

/**
 * To each replica at a rate. Beyond it calls wait for a connection: when a replica stalls, hundreds of new connections
 * would keep it busy when it goes on.
 */
const connectionsAtRate = 128;

/** To each replica. */
const warmUpRequests = 500;

/** How many requests a plan has. */
export function requestsOf({ rate, requests }: Pick<ReplayPlan, 'rate' | 'requests'>): number {
  return rate?.count ?? requests.length;
}

/** How a replay ended, and what was counted of each replica, in order of their addresses. */
export interface Replayed {
  readonly end: ReplayEnd;
  readonly replicas: readonly CountedReplica[];
}

/** Plays a trace against a service and compares all of its answers. Never rejects for what the service does. */
export async function replay(plan: ReplayPlan, context: ReplayContext): Promise<Replayed> {
  const { targets, timeoutMs } = plan;
  const fleet = new Fleet({ targets, connections: connectionsOf(plan), attemptTimeoutMs: timeoutMs });
  try {
    return { end: await replayOver(fleet, plan, context), replicas: fleet.replicas };
  } finally {
    await fleet.close();
  }
}

async function replayOver(fleet: Fleet, plan: ReplayPlan, context: ReplayContext): Promise<ReplayEnd> {
  const { statistics, clock, signal } = context;
  const gateways = gatewaysOver(fleet, plan, context);
  const reason = await unusable(fleet, gateways, statistics);
  if (reason !== undefined) return { end: 'unusable', reason };
  if (plan.rate !== undefined) await warmUp(plan, context);
  await play(gateways, plan, context);
  if (signal.aborted) return { end: 'interrupted' };
  if (statistics.finishedRequests < requestsOf(plan)) return { end: 'lost' };
  if (fleet.replicas.length === 1 && !plan.tolerateFaults) {
    // Nothing is in flight: the answer must be zero throughout, unless a failed call left a request behind.
    await gateways.check();
    return { end: 'played' };
  }
  const convergence = await awaitConvergence({
    gateways: gateways.all,
    replicas: fleet.replicas,
    clock,
    limitMs: convergenceLimitMs,
    toTheLimit: fleet.replicas.some(({ figures }) => figures.timeouts > 0),
    signal,
  });
  return { end: 'played', convergence };
}

/**
 * Has every replica compile its code, and the replay its own, by requests in clusters of their own: a gateway
 * that has been at work for long does not meet replicas at full rate that have just started.
 */
async function warmUp(plan: ReplayPlan, context: ReplayContext): Promise<void> {
  const { rate: _, ...unpaced } = plan;
  const requests = Array.from(
    { length: warmUpRequests },
    (_, index) => plan.requests[index % plan.requests.length]!,
  );
  await Promise.all(
    plan.targets.map((target, place) => {
      const clusters = [`${plan.clusters[0]}-warm-up-${place + 1}`];
      const apart = { statistics: new Statistics(), idPrefix: `${context.idPrefix}-warm-up-${place + 1}` };
      const own = { ...unpaced, requests, clusters, targets: [target], speed: 'max' as const };
      return replay(own, { ...context, ...apart, onFinished: () => undefined });
    }),
  );
}

function gatewaysOver(fleet: Fleet, plan: ReplayPlan, context: ReplayContext): Gateways {
  const engines = engineIps(plan.engines);
  const nextTimestampNs = uniqueTimestamps(context.clock);
  return new Gateways(
    plan.clusters.map(
      (cluster, place) =>
        new Gateway({
          ...context,
          api: new LoadApi({ fleet, cluster, engines }),
          cache: new CacheApi({ fleet, cluster, engines }),
          cluster,
          engines,
          choice: choiceOf[plan.choice](seededRandom(plan.seed, place === 0 ? 'choice' : `choice ${place}`)),
          nextTimestampNs,
          ...(plan.targets.length > 1 && { stalenessMs: plan.stalenessMs }),
        }),
    ),
  );
}

/** Why nothing can be replayed, if so: a replica gives no load, or a cluster has some already. */
async function unusable(
  fleet: Fleet,
  gateways: Gateways,
  statistics: Statistics,
): Promise<string | undefined> {
  for (const [place, { target }] of fleet.replicas.entries()) {
    for (const gateway of gateways.all) {
      const first = await gateway.check(place);
      if (!first.ok) return `${target} gives no load (is it running there?): ${first.reason}`;
      if (statistics.differences > 0)
        return `cluster ${gateway.cluster} has load before the replay; choose another by --cluster`;
    }
  }
  return undefined;
}

async function play(gateway: Gateways, plan: ReplayPlan, context: ReplayContext): Promise<void> {
  const { requests, rate, speed, concurrency, tolerateFaults } = plan;
  const { clock, statistics, signal } = context;
  const paced: PacedArrivals =
    rate === undefined ? { arrivals: requests, durationScale: 1 } : atRate(requests, rate);
  const all = schedule(paced.arrivals, paced.durationScale);
  const played: Play = { steps: tolerateFaults ? all : untilLost(all, statistics), gateway, signal };
  if (rate === undefined && speed === 'max') return playInOrder(played, concurrency);
  const pace = { clock, statistics, mostInFlight: maxInFlightOf(plan) };
  return playInTime(played, { ...pace, speed: rate !== undefined || speed === 'max' ? 1 : speed });
}

function maxInFlightOf({ rate, speed, concurrency }: ReplayPlan): number {
  if (rate !== undefined) return maxInFlightAtRate;
  return speed === 'max' ? concurrency : maxInFlight;
}

function connectionsOf(plan: ReplayPlan): number {
  return plan.rate === undefined ? maxInFlightOf(plan) : connectionsAtRate;
}

function* untilLost(steps: Iterable<Step>, statistics: Statistics): Generator<Step> {
  for (const step of steps) {
    if (statistics.errorsInARow >= maxErrorsInARow) return;
    yield step;
  }
}
