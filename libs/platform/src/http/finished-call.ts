import type { ApiError } from './api-error.js';

/** A call that is over, however it was answered. */
export interface FinishedCall {
  readonly traceId: string;
  readonly method: string;
  /** The route's template, or {@link unmatchedRoute}; never the raw path, which a client could vary at will. */
  readonly route: string;
  readonly status: number;
  readonly latencyUs: number;
  /** The call's input, of which the request id may be logged. */
  readonly input: unknown;
  readonly failure: ApiError | undefined;
}

/** The route of calls that match none. */
export const unmatchedRoute = 'unmatched';

/** Status by which a call is known whose client hung up before the answer (nginx's convention). */
export const clientClosedStatus = 499;
