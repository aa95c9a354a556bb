import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readiness } from '../../health/readiness.js';
import type { CallJournal } from '../call-journal.js';
import { failureBody, successBody } from '../envelope.js';
import type { Failures } from '../failures.js';
import { parsedOrError } from '../json-body.js';
import type { Pipelines } from '../pipelines.js';
import { type DtoPipe, bodyOrQueryOf } from '../read-dto.js';
import { RenderedJson } from '../rendered-json.js';
import type { SocketErrors } from '../socket-errors.js';
import { traceIdOf } from '../trace-id.js';
import { LaneAnswers } from './lane-answers.js';
import { LaneCall, type QueryInput } from './lane-call.js';
import { LaneError } from './lane-error.js';
import { readLaneHeaders } from './lane-headers.js';
import type { LaneRoute } from './lane-route.js';
import { isLater } from './later.js';
import { simpleQuery } from './simple-query.js';

/** Queries that are remembered with what was read of them: gateways ask for the same few clusters again and again. */
const maxKnownQueries = 16_384;
const longestKnownUrl = 512;

/** Data that is sent as it is kept: for less, one text is cheaper than three writes. */
const largeBytes = 4_096;

export interface LaneParts {
  readonly readiness: Readiness;
  readonly journal: CallJournal;
  readonly socketErrors: SocketErrors;
  readonly pipelines: Pipelines;
  readonly pipe: DtoPipe;
  readonly failures: Failures;
  /** Of a body whose route states no other. */
  readonly bodyLimitBytes: number;
}

interface KnownQuery extends QueryInput {
  readonly route: LaneRoute;
}

/**
 * Answers the ordinary calls of marked methods in front of the framework's router, at the cost of what the call itself
 * asks for: the same parser, rules, handlers, envelope and journal, without the framework's steps between them. What is
 * out of the ordinary is left to the framework, before anything of it was read.
 */
export class Lane {
  /** By path, then by method. */
  readonly #routes = new Map<string, Map<string, LaneRoute>>();
  readonly #knownQueries = new Map<string, KnownQuery>();
  /** To be read, or answered, at the end of this turn of the event loop. */
  #queued: LaneCall[] = [];

  readonly #answers: LaneAnswers;

  constructor(private readonly parts: LaneParts) {
    this.#answers = new LaneAnswers(parts.readiness, parts.journal, parts.socketErrors);
  }

  /** Before this every call goes to the framework. */
  open(routes: readonly LaneRoute[]): void {
    for (const route of routes) {
      const methods = this.#routes.get(route.path) ?? new Map<string, LaneRoute>();
      methods.set(route.method, route);
      this.#routes.set(route.path, methods);
    }
  }

  /** @returns whether the lane answers the call; else the framework must */
  take(request: IncomingMessage, response: ServerResponse): boolean {
    if (request.method === 'GET') return this.#takeQuery(request, response);
    const route = this.#routes.get(request.url!)?.get(request.method!);
    if (route === undefined || route.input === 'query') return false;
    const headers = readLaneHeaders(request.rawHeaders);
    if (headers === undefined) return false;
    const { contentLength = 0 } = headers;
    if (!(contentLength > 0 && contentLength <= this.#bodyLimitBytesOf(route))) return false;
    if (!this.#tryEnter(route, request, response)) return false;
    this.#expect(
      new LaneCall(route, request, response, traceIdOf(headers.traceId), contentLength, undefined),
    );
    return true;
  }

  #takeQuery(request: IncomingMessage, response: ServerResponse): boolean {
    const known = this.#knownQueries.get(request.url!) ?? this.#readQuery(request.url!);
    if (known === undefined) return false;
    const headers = readLaneHeaders(request.rawHeaders);
    // A body of a GET is read by nobody here.
    if (headers === undefined || headers.contentLength !== undefined) return false;
    if (!this.#tryEnter(known.route, request, response)) return false;
    this.#expect(new LaneCall(known.route, request, response, traceIdOf(headers.traceId), 0, known));
    return true;
  }

  /** Asked last: a call that may enter has taken its turn on its connection. */
  #tryEnter(route: LaneRoute, request: IncomingMessage, response: ServerResponse): boolean {
    if (request.httpVersionMinor !== 1 || request.httpVersionMajor !== 1) return false;
    if (route.config.requiresReady === true && this.parts.readiness.state !== 'ready') return false;
    return this.parts.pipelines.enterAtOnce(request, response);
  }

  #expect(call: LaneCall): void {
    this.#answers.expect(call);
    this.#queue(call);
  }

  #queue(call: LaneCall): void {
    if (this.#queued.push(call) === 1) setImmediate(this.#endTurn);
  }

  /**
   * Calls that came in one turn of the event loop are read together at its end, which nearly always has brought the
   * whole of each, and answered together. A client that gets one answer after the other falls asleep between two, and
   * each would have to wake it, which costs more than the answer: sent together they cost a third less at full load, and
   * a lone one goes out as soon as before.
   */
  readonly #endTurn = (): void => {
    const calls = this.#queued;
    this.#queued = [];
    for (const call of calls) if (call.answerBody === undefined) this.#read(call);
    this.#answers.send(calls);
  };

  #read(call: LaneCall): void {
    const { request, contentLength, query } = call;
    if (query !== undefined) {
      this.#answer(call, query.fields);
      return;
    }
    // All of it or nothing. One that is read from a stream without listeners needs no tick of its own.
    const body = request.read(contentLength) as Buffer | null;
    if (body === null) this.#awaitBody(call);
    else this.#answer(call, this.#parsed(call, body));
  }

  /** Into one buffer: however small the pieces are, they cost no more than the whole. */
  #awaitBody(call: LaneCall): void {
    const { request, contentLength } = call;
    const body = Buffer.allocUnsafe(contentLength);
    let filled = 0;
    request.on('data', (chunk: Buffer) => (filled += chunk.copy(body, filled)));
    request.once('end', () => {
      // Its connection keeps the request until the next one, and the listener the body.
      request.removeAllListeners('data');
      this.#answer(call, this.#parsed(call, body));
      this.#queue(call);
    });
  }

  #parsed({ route }: LaneCall, body: Buffer): unknown {
    return parsedOrError(body, route.config.uint64Lists);
  }

  #answer(call: LaneCall, input: unknown): void {
    const { route, traceId } = call;
    call.input = input;
    try {
      call.answerBody = bodyOf(route.handle(this.#parameterOf(call)), call);
      call.status = route.status;
    } catch (error) {
      const failure = this.parts.failures.apiErrorOf(error, traceId, this.#bodyLimitBytesOf(route));
      call.failure = failure;
      call.answerBody = failureBody(failure, traceId);
      call.status = failure.status;
    }
  }

  /** @throws ApiError where the input obeys not all rules */
  #parameterOf({ route, input, query }: LaneCall): unknown {
    if (query !== undefined) return query.parameter;
    const given = route.input === 'body' ? input : bodyOrQueryOf({ body: input, query: {} });
    return this.parts.pipe.transform(given, route.parameter);
  }

  #bodyLimitBytesOf({ config }: LaneRoute): number {
    return config.bodyLimitBytes ?? this.parts.bodyLimitBytes;
  }

  #readQuery(url: string): KnownQuery | undefined {
    const start = url.indexOf('?');
    if (start === -1 || url.length > longestKnownUrl) return undefined;
    const route = this.#routes.get(url.slice(0, start))?.get('GET');
    const fields = route?.input === 'query' ? simpleQuery(url.slice(start + 1)) : undefined;
    if (route === undefined || fields === undefined) return undefined;
    try {
      const parameter = Object.freeze(this.parts.pipe.transform(fields, route.parameter));
      const known = { route, fields, parameter };
      this.#knownQueries.set(url, known);
      if (this.#knownQueries.size > maxKnownQueries) this.#forgetOldestQuery();
      return known;
    } catch {
      // The framework will find the same, and say it.
      return undefined;
    }
  }

  #forgetOldestQuery(): void {
    for (const url of this.#knownQueries.keys()) {
      this.#knownQueries.delete(url);
      return;
    }
  }
}

/** @throws whatever the data can't be written as JSON for */
function bodyOf(data: unknown, { route, traceId }: LaneCall): string | RenderedJson {
  if (data instanceof RenderedJson && data.bytes.length > largeBytes) return data;
  if (isLater(data)) throw new LaneError(`the fast lane can't wait for what ${route.name} gives`);
  return successBody(data, traceId);
}
