import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { FrameworkLogger } from '../logging/framework-logger.js';
import type { Readiness } from '../health/readiness.js';
import { AccessLog, type AccessLogMode } from './access-log.js';
import { ApiExceptionFilter } from './api-exception-filter.js';
import { CallHooks } from './call-hooks.js';
import { CallJournal } from './call-journal.js';
import { EnvelopeAdapter } from './envelope-adapter.js';
import { Failures } from './failures.js';
import type { HttpMetrics } from './http-metrics.js';
import { createHttpServer } from './http-server.js';
import { parsedOrError } from './json-body.js';
import { declaredRoutes } from './lane/declared-routes.js';
import { Lane } from './lane/lane.js';
import { RequestHooks } from './lane/request-hooks.js';
import { Pipelines } from './pipelines.js';
import { DtoPipe } from './read-dto.js';
import { OpenConnections } from './open-connections.js';
import { RouteTable } from './route-table.js';
import { SocketErrors } from './socket-errors.js';
import { traceIdOf, traceIdRequestHeader } from './trace-id.js';
import type { Upgrades } from './upgrades.js';

/** Body of a call that states no other limit. */
const bodyLimitBytes = 16 * 1024;

export interface HttpAppParts {
  readonly readiness: Readiness;
  readonly metrics: HttpMetrics;
  readonly log: Logger;
  readonly accessLog: AccessLogMode;
  readonly upgrades: Upgrades;
  /** How long a connection with a call under way may pass no byte in either direction: a client that does not read. */
  readonly silenceTimeoutMs: number;
}

/**
 * A Nest app that speaks the service's HTTP: the envelope, trace ids, JSON bodies, error answers, time-outs, and
 * one journal of all calls. Not listening yet.
 */
export async function createHttpApp(
  module: DynamicModule,
  { readiness, metrics, log, accessLog, upgrades, silenceTimeoutMs }: HttpAppParts,
): Promise<NestFastifyApplication> {
  const journal = new CallJournal(metrics, new AccessLog(log, accessLog));
  const socketErrors = new SocketErrors(journal);
  const pipelines = new Pipelines();
  const failures = new Failures(log);
  const pipe = new DtoPipe();
  const hooks = new CallHooks(readiness, journal, socketErrors, pipelines);
  const lane = new Lane({ readiness, journal, socketErrors, pipelines, pipe, failures, bodyLimitBytes });
  const adapter = new EnvelopeAdapter({
    bodyLimit: bodyLimitBytes,
    clientErrorHandler: (error, socket) => socketErrors.onClientError(error, socket),
    frameworkErrors: (_error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      hooks.answerBadUrl(request, reply),
    genReqId: (request: IncomingMessage) => traceIdOf(request.headers[traceIdRequestHeader]),
    logger: false,
    return503OnClosing: false,
    serverFactory: (framework: RequestListener) =>
      createHttpServer(
        (request, response) => {
          if (!lane.take(request, response)) framework(request, response);
        },
        { silenceTimeoutMs, isUpgradeWanted: (request) => upgrades.isWanted(request) },
      ),
    skipMiddie: true,
  });
  const fastify = adapter.getInstance();
  const connections = new OpenConnections(fastify.server as Server);
  fastify.server.on('upgrade', (request, socket, head) => upgrades.accept(request, socket, head));
  fastify.addHook('preClose', () => {
    upgrades.end();
    return connections.flush();
  });
  fastify.addHook('onRoute', (route) => {
    const limitBytes = route.config?.bodyLimitBytes;
    if (limitBytes !== undefined) route.bodyLimit = limitBytes;
  });
  const routes = new RouteTable();
  routes.watch(fastify);
  hooks.addTo(fastify);
  const strangers = new RequestHooks();
  strangers.watch(fastify);
  fastify.server.on('connect', (request, socket) => socketErrors.onConnect(request, socket as Socket));
  // RFC 9110 allows to ignore an expectation that is unknown; Node would answer 417 without the envelope.
  fastify.server.on('checkExpectation', (request, response) =>
    fastify.server.emit('request', request, response),
  );
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    const { rawBody, uint64Lists } = request.routeOptions.config;
    if (rawBody === true) done(null, body);
    else done(null, request.is404 ? undefined : parsedOrError(body as Buffer, uint64Lists));
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    abortOnError: false,
    bodyParser: false,
    bufferLogs: true,
  });
  app.useLogger(app.get(FrameworkLogger));
  app.useGlobalPipes(pipe);
  app.useGlobalFilters(new ApiExceptionFilter(routes, failures));
  // When all routes are known, and before the first call.
  fastify.addHook('onReady', (done) => {
    lane.open(declaredRoutes(app, strangers));
    done();
  });
  return app;
}
