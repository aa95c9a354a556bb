import { durationMsOf, type Arrivals } from './schedule.js';
import { arrivingAt, type TraceRequest } from './trace/trace-request.js';

/** How requests come when their number in a second is given. */
export interface Rate {
  /** Requests per second. */
  readonly perS: number;
  /** How many requests in all; a shorter trace begins again. */
  readonly count: number;
  /** How many requests may be in flight on average; their durations are shortened to it. */
  readonly inFlight: number;
}

/** Requests at a rate, and by what factor the trace's durations are to be multiplied, at most 1. */
export interface PacedArrivals {
  readonly arrivals: Arrivals;
  readonly durationScale: number;
}

/**
 * The lengths of a trace's requests, at least one, in arrivals of one after the other at a rate. Durations
 * as they are would, at a rate far above the trace's own, mean any number in flight.
 */
export function atRate(trace: readonly TraceRequest[], { perS, count, inFlight }: Rate): PacedArrivals {
  const arrivals: Arrivals = {
    at(index) {
      const request = index < count ? trace[index % trace.length] : undefined;
      return request && arrivingAt(request, (index * 1000) / perS);
    },
  };
  const meanMs = trace.reduce((sum, request) => sum + durationMsOf(request), 0) / trace.length;
  // Little's law: in flight = rate × mean duration.
  const wantedMs = (inFlight * 1000) / perS;
  return { arrivals, durationScale: meanMs > wantedMs ? wantedMs / meanMs : 1 };
}
