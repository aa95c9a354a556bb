import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from './clock.js';
import type { Gateways } from './gateways.js';
import { InFlight } from './in-flight.js';
import { firstCallOf, type Step } from './schedule.js';
import type { Statistics } from './statistics.js';

/** Steps to make, by whom, and until when. */
export interface Play {
  readonly steps: Iterable<Step>;
  readonly gateway: Pick<Gateways, 'perform' | 'previousCallOf'> & { check(): Promise<unknown> };
  /** Once aborted, no further step starts. */
  readonly signal: AbortSignal;
}

/** At full speed something is nearly always in flight; after so many steps it pauses for an exact comparison. */
export const stepsBetweenPauses = 500;

/**
 * As fast as the service answers: steps start in the order of the trace's time and none overtakes another, at
 * most `concurrency` calls in flight. A step whose request has a call under way holds up all later ones, so the
 * service sees the same order of calls as in real time.
 */
export async function playInOrder({ steps, gateway, signal }: Play, concurrency: number): Promise<void> {
  const inFlight = new InFlight(concurrency);
  let started = 0;
  for (const step of steps) {
    if (signal.aborted) break;
    if (started++ % stepsBetweenPauses === stepsBetweenPauses - 1) {
      await inFlight.settled();
      await gateway.check();
    }
    await gateway.previousCallOf(step);
    await inFlight.start(() => gateway.perform(step));
  }
  await inFlight.settled();
}

/**
 * At most so many calls in flight, each on a connection of its own. Beyond it steps start late, which the report says,
 * rather than wait for a connection, which would look like a slow service.
 */
export const maxInFlight = 128;

/**
 * The same at a given rate, where a stall of a replica must hold up nobody: as many calls as 6,000 a second
 * leave under way when two replicas, one after the other, take 100 ms each and are given up.
 */
export const maxInFlightAtRate = 2048;

const stepsBetweenTurns = 32;

/** How time passes when steps start at their time. */
export interface Pace {
  /** Milliseconds of the trace in one millisecond of real time. */
  readonly speed: number;
  readonly clock: Clock;
  /** Calls in flight at most. */
  readonly mostInFlight: number;
  /** Learns how late steps start, and when requests do. */
  readonly statistics: Pick<Statistics, 'countDelay' | 'countArrival'>;
}

/** Each step starts when its time comes, whatever else is in flight, up to the limit. */
export async function playInTime(
  { steps, gateway, signal }: Play,
  { speed, clock, mostInFlight, statistics }: Pace,
): Promise<void> {
  const inFlight = new InFlight(mostInFlight);
  const startMs = clock.nowMs();
  let sinceTurn = 0;
  for (const step of steps) {
    const dueMs = startMs + step.dueMs / speed;
    const wait = clock.nowMs() < dueMs;
    if (wait) await clock.waitUntil(dueMs, signal);
    // Whoever is late must not start calls for so long that answers lie unread until their time is over.
    else if (sinceTurn >= stepsBetweenTurns) await turn();
    sinceTurn = wait || sinceTurn >= stepsBetweenTurns ? 0 : sinceTurn + 1;
    if (signal.aborted) break;
    await inFlight.start(() => gateway.perform(step));
    const startedMs = clock.nowMs();
    statistics.countDelay(startedMs - dueMs);
    if (step.call === firstCallOf(step.request)) statistics.countArrival(startedMs);
  }
  await inFlight.settled();
}
