import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiError } from '../api-error.js';
import type { RenderedJson } from '../rendered-json.js';
import type { LaneRoute } from './lane-route.js';

/** A call that entered the lane, and what becomes of it: one object for all its way. */
export class LaneCall {
  readonly startedMs = performance.now();
  /** What the client sent, once it is read. */
  input: unknown = undefined;
  failure: ApiError | undefined = undefined;
  /** With its envelope, or data that is to get one; undefined until the call is answered. */
  answerBody: string | RenderedJson | undefined = undefined;
  /** Of the answer, once there is one. */
  status = 0;

  constructor(
    readonly route: LaneRoute,
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    readonly traceId: string,
    /** Of its body; 0 where all it says stands in its query. */
    readonly contentLength: number,
    /** Undefined where it has a body. */
    readonly query: QueryInput | undefined,
  ) {}
}

/** What a query says, read before. */
export interface QueryInput {
  readonly fields: object;
  /** What the method gets, the same for each call. */
  readonly parameter: unknown;
}
