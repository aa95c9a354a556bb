import { hasPrefixes, type TraceRequest } from './trace/trace-request.js';

/** The calls that a gateway makes for one request with prefixes, in their order. */
export const callKinds = ['locate', 'query', 'record', 'release', 'remove', 'save'] as const;

/**
 * One kind of call: POST the question which engines hold the prefixes; GET the load; POST the request; DELETE
 * its prompt; DELETE it; POST that its engine holds the prefixes now.
 */
export type Call = (typeof callKinds)[number];

/** The calls about the load; a request without prefixes has no others. */
const loadCalls: readonly Call[] = ['query', 'record', 'release', 'remove'];

/** The kinds of calls that are made for some request of a trace, in their order. */
export function callsFor(requests: readonly TraceRequest[]): readonly Call[] {
  return hasPrefixes(requests) ? callKinds : loadCalls;
}

/** The first call that is made for a request. */
export function firstCallOf({ hashIds }: TraceRequest): Call {
  return hashIds === undefined ? 'query' : 'locate';
}

/** The last call that is made for a request. */
export function lastCallOf({ hashIds }: TraceRequest): Call {
  return hashIds === undefined ? 'remove' : 'save';
}

/** One call of one request, due at an instant of the trace's time. */
export interface Step {
  readonly dueMs: number;
  readonly call: Call;
  /** The request's place in the trace. */
  readonly index: number;
  readonly request: TraceRequest;
}

/** Requests in order of arrival. */
export interface Arrivals {
  /** The request at a place from 0, or undefined beyond the last. */
  at(index: number): TraceRequest | undefined;
}

/** How fast an engine reads a prompt. */
const prefillTokensPerMs = 10;

/** How long an engine takes for one token of an answer. */
const decodeMsPerToken = 20;

/** From the record of a request to its removal. */
export function durationMsOf({ inputTokens, outputTokens }: TraceRequest): number {
  return inputTokens / prefillTokensPerMs + outputTokens * decodeMsPerToken;
}

/**
 * All steps of all requests in order of time; at one instant the earlier request goes first, and a request's
 * own calls keep their order. Holds in memory only what is under way.
 *
 * @param durationScale what the engines' times are multiplied by
 */
export function* schedule(requests: Arrivals, durationScale = 1): Generator<Step, void, void> {
  const pending: Step[] = [];
  let arrival = arrivalOf(requests, 0);
  for (;;) {
    const next = pending[0];
    const step = next !== undefined && (arrival === undefined || isBefore(next, arrival)) ? next : arrival;
    if (step === undefined) return;
    if (step === arrival) arrival = arrivalOf(requests, step.index + 1);
    else popFirst(pending);
    yield step;
    const following = successor(step, durationScale);
    if (following !== undefined) insert(pending, following);
  }
}

function arrivalOf(requests: Arrivals, index: number): Step | undefined {
  const request = requests.at(index);
  return request && { dueMs: request.arrivalMs, call: firstCallOf(request), index, request };
}

/** The next step of the same request. */
function successor({ dueMs, call, index, request }: Step, durationScale: number): Step | undefined {
  if (call === lastCallOf(request)) return undefined;
  switch (call) {
    case 'locate':
      return { dueMs, call: 'query', index, request };
    case 'query':
      return { dueMs, call: 'record', index, request };
    case 'record': {
      const prefillMs = (request.inputTokens / prefillTokensPerMs) * durationScale;
      return { dueMs: dueMs + prefillMs, call: 'release', index, request };
    }
    case 'release': {
      const decodeMs = request.outputTokens * decodeMsPerToken * durationScale;
      return { dueMs: dueMs + decodeMs, call: 'remove', index, request };
    }
    case 'remove':
      return { dueMs, call: 'save', index, request };
    case 'save':
      return undefined;
  }
}

/** A request has one step in the heap at a time, so index and time decide every order. */
function isBefore(a: Step, b: Step): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.index < b.index);
}

/** Adds to a binary heap whose first element comes before all others. */
function insert(heap: Step[], step: Step): void {
  let hole = heap.push(step) - 1;
  while (hole > 0) {
    const above = (hole - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || !isBefore(step, parent)) break;
    heap[hole] = parent;
    hole = above;
  }
  heap[hole] = step;
}

function popFirst(heap: Step[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let hole = 0;
  for (;;) {
    let below = 2 * hole + 1;
    let child = heap[below];
    const sibling = heap[below + 1];
    if (child === undefined) break;
    if (sibling !== undefined && isBefore(sibling, child)) {
      below++;
      child = sibling;
    }
    if (!isBefore(child, last)) break;
    heap[hole] = child;
    hole = below;
  }
  heap[hole] = last;
}
