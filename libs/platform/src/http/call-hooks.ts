import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Readiness } from '../health/readiness.js';
import { ApiError } from './api-error.js';
import type { CallJournal } from './call-journal.js';
import { envelopeContentType, failureBody } from './envelope.js';
import { clientClosedStatus, unmatchedRoute } from './finished-call.js';
import type { Pipelines } from './pipelines.js';
import type { SocketErrors } from './socket-errors.js';
import { traceIdResponseHeader } from './trace-id.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Why the call failed, for the access log. */
    failure: ApiError | undefined;
    /** The call is in the journal. */
    isRecorded: boolean;
  }
  interface FastifyContextConfig {
    /** The route answers 503 while the replica is not ready. */
    requiresReady?: boolean;
    /** The most that a body of this route may have, where it is not the usual. */
    bodyLimitBytes?: number;
    /** The route gets its body as bytes, and parses them itself. */
    rawBody?: boolean;
    /** Fields of the body that are lists of integers up to 2^64 - 1; they come as `Uint64List`, exact. */
    uint64Lists?: readonly string[];
  }
}

/** What every call goes through, whatever its route: trace id, readiness, the end of its connection, journal. */
export class CallHooks {
  constructor(
    private readonly readiness: Readiness,
    private readonly journal: CallJournal,
    private readonly socketErrors: SocketErrors,
    private readonly pipelines: Pipelines,
  ) {}

  addTo(fastify: FastifyInstance): void {
    fastify.decorateRequest('failure', undefined);
    fastify.decorateRequest('isRecorded', false);

    fastify.addHook('onRequest', (request, reply, done) => {
      reply.header(traceIdResponseHeader, request.id);
      // The body is JSON whatever the header says, and Fastify would refuse some that it cannot read.
      request.raw.headers['content-type'] = 'application/json';
      // A client that hangs up before its answer gets no `onResponse`.
      reply.raw.once('close', () => this.#recordUnanswered(request, reply));
      this.pipelines.enqueue(request.raw, reply.raw, () => done(this.#refusalOf(request)));
    });

    fastify.addHook('onSend', (_request, reply, _payload, done) => {
      if (this.readiness.state === 'draining') reply.header('connection', 'close');
      done();
    });

    fastify.addHook('onResponse', (request, reply, done) => {
      this.#record(request, reply, reply.statusCode);
      done();
    });
  }

  /** Answers a request whose path is no text: it reaches no hook, since it can match no route. */
  answerBadUrl(request: FastifyRequest, reply: FastifyReply): void {
    const failure = new ApiError(
      'malformedHttp',
      'the path of the URL is malformed; percent-encode it as UTF-8 (RFC 3986)',
    );
    request.failure = failure;
    if (this.readiness.state === 'draining') reply.header('connection', 'close');
    reply
      .code(failure.status)
      .headers({ [traceIdResponseHeader]: request.id, 'content-type': envelopeContentType })
      .send(failureBody(failure, request.id));
    this.#record(request, reply, failure.status);
  }

  #refusalOf({ raw, routeOptions }: FastifyRequest): ApiError | undefined {
    if (!isDecodable(raw.url!)) {
      return new ApiError('invalidArgument', 'the query is malformed; percent-encode it as UTF-8 (RFC 3986)');
    }
    if (raw.headers.host === undefined && raw.httpVersion === '1.1') {
      return new ApiError('malformedHttp', 'the Host header is missing; HTTP/1.1 demands it (RFC 9112)');
    }
    // Asked here rather than in a guard: a call whose body is on its way when the replica begins to drain is
    // in flight, and gets its answer.
    const mayPass = routeOptions.config.requiresReady !== true || this.readiness.state === 'ready';
    return mayPass ? undefined : notReady(this.readiness);
  }

  #recordUnanswered(request: FastifyRequest, reply: FastifyReply): void {
    if (request.isRecorded) return;
    request.failure ??= this.socketErrors.failureOf(request.raw);
    this.#record(request, reply, request.failure?.status ?? clientClosedStatus);
  }

  #record(request: FastifyRequest, reply: FastifyReply, status: number): void {
    if (request.isRecorded) return;
    request.isRecorded = true;
    this.journal.record({
      traceId: request.id,
      method: request.method,
      route: request.routeOptions.url ?? unmatchedRoute,
      status,
      latencyUs: Math.round(reply.elapsedTime * 1000),
      input: request.body === undefined ? request.query : request.body,
      failure: request.failure,
    });
  }
}

/** Fastify takes a query that can't be decoded as it stands, and text would get in that nobody has sent. */
function isDecodable(url: string): boolean {
  const start = url.indexOf('?');
  if (start === -1 || !url.includes('%', start)) return true;
  try {
    decodeURIComponent(url.slice(start));
    return true;
  } catch {
    return false;
  }
}

/** The error that a replica answers with while it is not ready. */
export function notReady(readiness: Readiness): ApiError {
  return new ApiError('notReady', `this replica is ${readiness.state}; ask another one`);
}
