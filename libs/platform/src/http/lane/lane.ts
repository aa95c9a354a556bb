import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Readiness } from '../../health/readiness.js';
import type { ApiError } from '../api-error.js';
import type { CallJournal } from '../call-journal.js';
import { envelopeContentType, failureBody, successBody, successHead, successTail } from '../envelope.js';
import type { Failures } from '../failures.js';
import { clientClosedStatus } from '../finished-call.js';
import { parsedOrError } from '../json-body.js';
import type { Pipelines } from '../pipelines.js';
import { type DtoPipe, bodyOrQueryOf } from '../read-dto.js';
import { RenderedJson } from '../rendered-json.js';
import type { SocketErrors } from '../socket-errors.js';
import { traceIdOf, traceIdResponseHeader } from '../trace-id.js';
import { readLaneHeaders } from './lane-headers.js';
import type { LaneRoute } from './lane-route.js';
import { simpleQuery } from './simple-query.js';

/** Queries that are remembered with what was read of them: gateways ask for the same few clusters again and again. */
const maxKnownQueries = 4_096;
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

/** A call under way. */
interface LaneCall {
  readonly route: LaneRoute;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly traceId: string;
  readonly startedMs: number;
}

/** A query that was read before. */
interface KnownQuery {
  readonly route: LaneRoute;
  readonly fields: object;
  readonly dto: object;
}

/** As the framework writes it. */
const traceIdHeader = traceIdResponseHeader.toLowerCase();

/** The call that a connection waits for; undefined before its first one in the lane. */
const waitingCall = Symbol('lane');
type LaneSocket = Socket & { [waitingCall]?: LaneCall | null };

/**
 * Answers the ordinary calls of marked methods in front of the framework's router, at the cost of what the call itself
 * asks for: the same parser, rules, handlers, envelope and journal, without the framework's steps between them. What is
 * out of the ordinary is left to the framework, before anything of it was read.
 */
export class Lane {
  /** By path, then by method. */
  readonly #routes = new Map<string, Map<string, LaneRoute>>();
  readonly #knownQueries = new Map<string, KnownQuery>();

  constructor(private readonly parts: LaneParts) {}

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
    if (headers === undefined || !(headers.contentLength! > 0)) return false;
    if (headers.contentLength! > (route.config.bodyLimitBytes ?? this.parts.bodyLimitBytes)) return false;
    const call = this.#enter(route, request, response, headers.traceId);
    if (call === undefined) return false;
    this.#readBody(call);
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
    this.#answer(call, known.fields, () => known.dto);
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
    const call = { route, request, response, traceId: traceIdOf(traceId), startedMs: performance.now() };
    const socket = request.socket as LaneSocket;
    if (socket[waitingCall] === undefined) socket.once('close', () => this.#onClosed(socket));
    socket[waitingCall] = call;
    return call;
  }

  #readBody(call: LaneCall): void {
    const { request, route } = call;
    let body: Buffer | undefined;
    request.on('data', (chunk: Buffer) => {
      body = body === undefined ? chunk : Buffer.concat([body, chunk]);
    });
    request.on('end', () => {
      const input = parsedOrError(body!, route.config.uint64Lists);
      const given = route.input === 'body' ? input : bodyOrQueryOf({ body: input, query: {} });
      const { dtoClass } = route;
      this.#answer(call, input, () => this.parts.pipe.read(given, 'body', dtoClass));
    });
  }

  #answer(call: LaneCall, input: unknown, read: () => object): void {
    const { route, traceId } = call;
    let failure: ApiError | undefined;
    try {
      const data = route.handle(read());
      if (data instanceof RenderedJson && data.bytes.length > largeBytes) this.#sendRendered(call, data);
      else this.#send(call, route.status, successBody(data, traceId), {});
    } catch (error) {
      failure = this.parts.failures.apiErrorOf(error, traceId);
      this.#send(call, failure.status, failureBody(failure, traceId), failure.headers);
    }
    this.#record(call, failure?.status ?? route.status, input, failure);
  }

  #send(call: LaneCall, status: number, body: string, headers: ApiError['headers']): void {
    const length = Buffer.byteLength(body);
    this.#writeHead(call, status, length, headers);
    // Text that is ASCII need not be encoded.
    call.response.end(body, length === body.length ? 'latin1' : 'utf8');
  }

  /** Without making one text of it. */
  #sendRendered(call: LaneCall, { bytes }: RenderedJson): void {
    const { response, route, traceId } = call;
    const tail = successTail(traceId);
    this.#writeHead(call, route.status, successHead.length + bytes.length + tail.length, {});
    response.cork();
    response.write(successHead, 'latin1');
    response.write(bytes);
    response.end(tail, 'latin1');
  }

  /** The headers in the order in which the framework sends them. */
  #writeHead(
    { response, traceId }: LaneCall,
    status: number,
    length: number,
    own: ApiError['headers'],
  ): void {
    const headers = [traceIdHeader, traceId];
    for (const [name, value] of Object.entries(own)) headers.push(name, value);
    headers.push('content-type', envelopeContentType);
    if (this.parts.readiness.state === 'draining') headers.push('connection', 'close');
    headers.push('content-length', String(length));
    response.writeHead(status, headers);
  }

  #record(call: LaneCall, status: number, input: unknown, failure: ApiError | undefined): void {
    (call.request.socket as LaneSocket)[waitingCall] = null;
    this.parts.journal.record({
      traceId: call.traceId,
      method: call.route.method,
      route: call.route.path,
      status,
      latencyUs: Math.round((performance.now() - call.startedMs) * 1000),
      input,
      failure,
    });
  }

  /** The client hung up, or its connection failed, before its call was there as a whole. */
  #onClosed(socket: LaneSocket): void {
    const call = socket[waitingCall];
    if (!call) return;
    const failure = this.parts.socketErrors.failureOf(call.request);
    this.#record(call, failure?.status ?? clientClosedStatus, undefined, failure);
  }

  #readQuery(url: string): KnownQuery | undefined {
    const start = url.indexOf('?');
    if (start === -1 || url.length > longestKnownUrl) return undefined;
    const route = this.#routes.get(url.slice(0, start))?.get('GET');
    const fields = route?.input === 'query' ? simpleQuery(url.slice(start + 1)) : undefined;
    if (route === undefined || fields === undefined) return undefined;
    try {
      const known = { route, fields, dto: this.parts.pipe.read(fields, 'query', route.dtoClass) };
      if (this.#knownQueries.size >= maxKnownQueries) this.#knownQueries.clear();
      this.#knownQueries.set(url, known);
      return known;
    } catch {
      // The framework will find the same, and say it.
      return undefined;
    }
  }
}
