import type { HashIds } from './hash-ids.js';

/** One inference request of a trace. */
export interface TraceRequest {
  /** Arrival, in milliseconds of the trace's own time. Only differences between requests matter. */
  readonly arrivalMs: number;
  /** Length of the prompt in tokens, 0…{@link maxTokens}. */
  readonly inputTokens: number;
  /** Length of the answer in tokens, 0…{@link maxTokens}. */
  readonly outputTokens: number;
  /** Its prefixes, at least one; missing where the trace tells of none. */
  readonly hashIds?: HashIds;
}

/** The requests of one source in order of arrival, the first at 0 ms. */
export interface Trace {
  /** Where it comes from, for the report. */
  readonly name: string;
  readonly requests: readonly TraceRequest[];
}

/** Why one line of a file is no request: the field, what it is and what it must be. */
export interface TraceProblem {
  readonly problem: string;
}

/** The API takes a prompt length of at most 2^31 - 1. */
export const maxTokens = 2 ** 31 - 1;

/** A bound on memory: some 100 bytes a request, without its prefixes. */
export const mostRequests = 2_000_000;

/** Puts requests in order of arrival and moves the first to 0 ms. Requests of one instant keep their order. */
export function inOrderOfArrival(requests: readonly TraceRequest[]): readonly TraceRequest[] {
  const sorted = requests.toSorted((a, b) => a.arrivalMs - b.arrivalMs);
  const startMs = sorted[0]?.arrivalMs ?? 0;
  return sorted.map((request) => arrivingAt(request, request.arrivalMs - startMs));
}

/** The same request at another time. */
export function arrivingAt(request: TraceRequest, arrivalMs: number): TraceRequest {
  return { ...request, arrivalMs };
}

/** Whether any of the requests has prefixes. */
export function hasPrefixes(requests: readonly TraceRequest[]): boolean {
  return requests.some(({ hashIds }) => hashIds !== undefined);
}
