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
import { type LaneCall, LaneAnswers } from './lane-answers.js';
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
const noHeaders = {};

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

/** A query that was read before. */
interface KnownQuery {
  readonly route: LaneRoute;
  readonly fields: object;
  /** What the method gets, the same for each call. */
  readonly parameter: unknown;
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
    const { traceId, contentLength = 0 } = headers;
    if (!(contentLength > 0 && contentLength <= this.#bodyLimitBytesOf(route))) return false;
    const call = this.#enter(route, request, response, traceId);
    if (call === undefined) return false;
    this.#readBody(call, contentLength);
    return true;
  }

  #takeQuery(request: IncomingMessage, response: ServerResponse): boolean {
    const known = this.#knownQueries.get(request.url!) ?? this.#readQuery(request.url!);
    if (known === undefined) return false;
    const headers = readLaneHeaders(request.rawHeaders);
    // A body of a GET is read by nobody here.
    if (headers === undefined || headers.contentLength !== undefined) return false;
    const call = this.#enter(known.route, request, response, headers.traceId);
    if (call === undefined) return false;
    this.#answer(call, known.fields, () => known.parameter);
    return true;
  }

  #enter(
    route: LaneRoute,
    request: IncomingMessage,
    response: ServerResponse,
    traceId: string | undefined,
  ): LaneCall | undefined {
    if (request.httpVersionMinor !== 1 || request.httpVersionMajor !== 1) return undefined;
    if (route.config.requiresReady === true && this.parts.readiness.state !== 'ready') return undefined;
    if (!this.parts.pipelines.enterAtOnce(request, response)) return undefined;
    const call: LaneCall = {
      route,
      request,
      response,
      traceId: traceIdOf(traceId),
      startedMs: performance.now(),
      input: undefined,
      failure: undefined,
    };
    this.#answers.expect(call);
    return call;
  }

  #readBody(call: LaneCall, length: number): void {
    const { request, route } = call;
    let body: Buffer | undefined;
    let filled = 0;
    request.on('data', (chunk: Buffer) => {
      if (chunk.length === length) body = chunk;
      else filled += chunk.copy((body ??= Buffer.allocUnsafe(length)), filled);
    });
    request.on('end', () => {
      const input = parsedOrError(body!, route.config.uint64Lists);
      const given = route.input === 'body' ? input : bodyOrQueryOf({ body: input, query: {} });
      this.#answer(call, input, () => this.parts.pipe.transform(given, route.parameter));
    });
  }

  #answer(call: LaneCall, input: unknown, read: () => unknown): void {
    const { route, traceId } = call;
    call.input = input;
    try {
      const body = bodyOf(route.handle(read()), call);
      this.#answers.add({ call, status: route.status, body, headers: noHeaders });
    } catch (error) {
      const failure = this.parts.failures.apiErrorOf(error, traceId, this.#bodyLimitBytesOf(route));
      call.failure = failure;
      const body = failureBody(failure, traceId);
      this.#answers.add({ call, status: failure.status, body, headers: failure.headers });
    }
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
