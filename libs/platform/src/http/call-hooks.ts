import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Readiness } from '../health/readiness.js';
import { ApiError } from './api-error.js';
import type { CallJournal } from './call-journal.js';
import { clientClosedStatus, unmatchedRoute } from './finished-call.js';
import { traceIdResponseHeader } from './trace-id.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Why the call failed, for the access log. */
    failure: ApiError | undefined;
  }
  interface FastifyContextConfig {
    /** The route answers 503 while the replica is not ready. */
    requiresReady?: boolean;
  }
}

/** What every call goes through, whatever its route: trace id, readiness, the end of its connection, journal. */
export function addCallHooks(fastify: FastifyInstance, readiness: Readiness, journal: CallJournal): void {
  fastify.decorateRequest('failure', undefined);

  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header(traceIdResponseHeader, request.id);
    // The body is JSON whatever the header says, and Fastify would refuse some that it cannot read.
    request.raw.headers['content-type'] = 'application/json';
    // Asked here rather than in a guard: a call whose body is on its way when the replica begins to drain is
    // in flight, and gets its answer.
    const mayPass = request.routeOptions.config.requiresReady !== true || readiness.state === 'ready';
    done(mayPass ? undefined : notReady(readiness));
  });

  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (readiness.state === 'draining') reply.header('connection', 'close');
    done();
  });

  fastify.addHook('onResponse', (request, reply, done) => {
    journal.record({
      traceId: request.id,
      method: request.method,
      route: request.routeOptions.url ?? unmatchedRoute,
      status: statusOf(reply),
      latencyUs: Math.round(reply.elapsedTime * 1000),
      input: inputOf(request),
      failure: request.failure,
    });
    done();
  });
}

/** The error that a replica answers with while it is not ready. */
export function notReady(readiness: Readiness): ApiError {
  return new ApiError('notReady', `this replica is ${readiness.state}; ask another one`);
}

function statusOf({ raw, statusCode }: FastifyReply): number {
  return raw.writableEnded ? statusCode : clientClosedStatus;
}

function inputOf(request: FastifyRequest): unknown {
  return request.body === undefined ? request.query : request.body;
}
