import type { Clock } from './clock.js';
import type { Gateway } from './gateway.js';
import { InFlight } from './in-flight.js';
import type { Step } from './schedule.js';
import type { Statistics } from './statistics.js';

/** Steps to make, by whom, and until when. */
export interface Play {
  readonly steps: Iterable<Step>;
  readonly gateway: Pick<Gateway, 'perform' | 'previousCallOf' | 'check'>;
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

/** How time passes when the trace's own time counts. */
export interface Pace {
  /** Milliseconds of the trace in one millisecond of real time. */
  readonly speed: number;
  readonly clock: Clock;
  /** Learns how late steps start. */
  readonly statistics: Pick<Statistics, 'countDelay'>;
}

/** Each step starts when its time comes, whatever else is in flight, up to {@link maxInFlight}. */
export async function playInTime(
  { steps, gateway, signal }: Play,
  { speed, clock, statistics }: Pace,
): Promise<void> {
  const inFlight = new InFlight(maxInFlight);
  const startMs = clock.nowMs();
  for (const step of steps) {
    const dueMs = startMs + step.dueMs / speed;
    if (clock.nowMs() < dueMs) await clock.waitUntil(dueMs, signal);
    if (signal.aborted) break;
    await inFlight.start(() => gateway.perform(step));
    statistics.countDelay(clock.nowMs() - dueMs);
  }
  await inFlight.settled();
}
