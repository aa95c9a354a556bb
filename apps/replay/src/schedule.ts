import type { TraceRequest } from './trace/trace-request.js';

/** The calls that a gateway makes for one request, in their order. */
export const callKinds = ['query', 'record', 'release', 'remove'] as const;

/** One kind of call: GET the load; POST the request; DELETE its prompt; DELETE it. */
export type Call = (typeof callKinds)[number];

/** One call of one request, due at an instant of the trace's time. */
export interface Step {
  readonly dueMs: number;
  readonly call: Call;
  /** The request's place in the trace. */
  readonly index: number;
  readonly request: TraceRequest;
}

/** How fast an engine reads a prompt. */
const prefillTokensPerMs = 10;

/** How long an engine takes for one token of an answer. */
const decodeMsPerToken = 20;

/**
 * All steps of all requests in order of time; at one instant the earlier request goes first, and a request's
 * own calls keep their order. Holds in memory only what is under way.
 *
 * @param requests in order of arrival
 */
export function* schedule(requests: readonly TraceRequest[]): Generator<Step, void, void> {
  const pending: Step[] = [];
  let arrived = 0;
  for (;;) {
    const request = requests[arrived];
    const arrival: Step | undefined = request && {
      dueMs: request.arrivalMs,
      call: 'query',
      index: arrived,
      request,
    };
    const next = pending[0];
    const step = next !== undefined && (arrival === undefined || isBefore(next, arrival)) ? next : arrival;
    if (step === undefined) return;
    if (step === arrival) arrived++;
    else popFirst(pending);
    yield step;
    const following = successor(step);
    if (following !== undefined) insert(pending, following);
  }
}

/** The next step of the same request. */
function successor(step: Step): Step | undefined {
  const { inputTokens, outputTokens } = step.request;
  switch (step.call) {
    case 'query':
      return { ...step, call: 'record' };
    case 'record':
      return { ...step, call: 'release', dueMs: step.dueMs + inputTokens / prefillTokensPerMs };
    case 'release':
      return { ...step, call: 'remove', dueMs: step.dueMs + outputTokens * decodeMsPerToken };
    case 'remove':
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
