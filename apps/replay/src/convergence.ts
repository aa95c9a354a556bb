import type { Clock } from './clock.js';
import type { EngineLoad } from './engines.js';
import type { CountedReplica } from './fleet/fleet.js';
import type { Gateway } from './gateway.js';

/** How a replica stood after the last call. */
export interface ReplicaEnd {
  readonly address: string;
  /** After how many milliseconds its answers were right and stayed so; undefined if they were not. */
  readonly rightAfterMs: number | undefined;
  /** What was wrong with its last answer, in words; only some of it where there is much. */
  readonly wrong: readonly string[];
}

/** How the replicas stood after the last call. */
export interface Convergence {
  /** In order of their addresses. */
  readonly replicas: readonly ReplicaEnd[];
  /** Whether all of them answered the same in the end. */
  readonly agreed: boolean;
  /** How long they were looked at. */
  readonly watchedMs: number;
}

/** Whom to ask, and for how long. */
export interface ConvergenceOptions {
  /** One for each cluster. */
  readonly gateways: readonly Pick<Gateway, 'viewAt'>[];
  readonly replicas: readonly CountedReplica[];
  readonly clock: Clock;
  /** All must be right and equal by then. */
  readonly limitMs: number;
  /** Whether to look on until then: what timed out may be applied late. */
  readonly toTheLimit: boolean;
  readonly signal: AbortSignal;
}

/** What one replica answered for all clusters. */
interface Round {
  readonly loads: readonly (readonly EngineLoad[])[];
  readonly wrong: readonly string[];
}

const roundPeriodMs = 20;
/** A replica that stands still must not keep the others from being asked. */
const answerTimeoutMs = 500;
const keptLines = 10;

/** Asks every replica for every cluster until all are right and equal, or the time is over. Never rejects. */
export async function awaitConvergence(options: ConvergenceOptions): Promise<Convergence> {
  const { replicas, clock, limitMs, toTheLimit, signal } = options;
  const startedMs = clock.nowMs();
  const rightSinceMs = replicas.map((): number | undefined => undefined);
  for (;;) {
    const roundMs = clock.nowMs();
    const rounds = await Promise.all(
      replicas.map(async (_, place) => {
        const round = await lookAt(place, options);
        if (round.wrong.length > 0) rightSinceMs[place] = undefined;
        else rightSinceMs[place] ??= clock.nowMs() - startedMs;
        return round;
      }),
    );
    const agreed = rounds.every(({ loads }) => same(loads, rounds[0]?.loads));
    const right = agreed && rounds.every(({ wrong }) => wrong.length === 0);
    const watchedMs = clock.nowMs() - startedMs;
    if (watchedMs >= limitMs || signal.aborted || (right && !toTheLimit)) {
      const ends = replicas.map(({ address }, place) => ({
        address,
        rightAfterMs: rightSinceMs[place],
        wrong: rounds[place]?.wrong ?? [],
      }));
      return { replicas: ends, agreed, watchedMs };
    }
    await clock.waitUntil(roundMs + roundPeriodMs, signal);
  }
}

async function lookAt(place: number, { gateways }: ConvergenceOptions): Promise<Round> {
  const views = await Promise.all(gateways.map((gateway) => gateway.viewAt(place, answerTimeoutMs)));
  const wrong = views.flatMap((view) => (view.ok ? view.value.differences : [view.reason]));
  return { loads: views.map((view) => (view.ok ? view.value.loads : [])), wrong: wrong.slice(0, keptLines) };
}

function same(a: Round['loads'], b: Round['loads'] | undefined): boolean {
  return a.every((cluster, index) => {
    const other = b?.[index];
    return cluster.length === other?.length && cluster.every((load, engine) => equal(load, other[engine]));
  });
}

function equal(a: EngineLoad, b: EngineLoad | undefined): boolean {
  return (
    a.queuedRequests === b?.queuedRequests &&
    a.prefillRequests === b.prefillRequests &&
    a.promptLength === b.promptLength
  );
}
