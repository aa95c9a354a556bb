import type { IncomingMessage, Server } from 'node:http';
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
import type { HttpMetrics } from './http-metrics.js';
import { parseJsonBody } from './json-body.js';
import { Pipelines } from './pipelines.js';
import { DtoPipe } from './read-dto.js';
import { OpenConnections } from './open-connections.js';
import { RouteTable } from './route-table.js';
import { SocketErrors } from './socket-errors.js';
import { traceIdOf, traceIdRequestHeader } from './trace-id.js';
import type { Upgrades } from './upgrades.js';

/** Gateways keep idle connections for 5 minutes; the server must not be the first to close one. */
const keepAliveTimeoutMs = 360_000;
/** A client that sends a byte a second is cut off: headers within 5 s, the whole request within 8 s. */
const headersTimeoutMs = 5_000;
const requestTimeoutMs = 8_000;
const connectionsCheckingIntervalMs = 1_000;
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
  const hooks = new CallHooks(readiness, journal, socketErrors, new Pipelines());
  const adapter = new EnvelopeAdapter({
    bodyLimit: bodyLimitBytes,
    connectionTimeout: silenceTimeoutMs,
    clientErrorHandler: (error, socket) => socketErrors.onClientError(error, socket),
    frameworkErrors: (_error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      hooks.answerBadUrl(request, reply),
    genReqId: (request: IncomingMessage) => traceIdOf(request.headers[traceIdRequestHeader]),
    http: {
      headersTimeout: headersTimeoutMs,
      connectionsCheckingInterval: connectionsCheckingIntervalMs,
      // Checked by a hook: Node would answer without the envelope.
      requireHostHeader: false,
      shouldUpgradeCallback: (request: IncomingMessage) => upgrades.isWanted(request),
    },
    keepAliveTimeout: keepAliveTimeoutMs,
    logger: false,
    requestTimeout: requestTimeoutMs,
    return503OnClosing: false,
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
  app.useGlobalPipes(new DtoPipe());
  app.useGlobalFilters(new ApiExceptionFilter(routes, log));
  return app;
}

/** The error stands for the body until the input is read: Fastify would close the connection for it. */
function parsedOrError(body: Buffer, uint64Lists: readonly string[] | undefined): unknown {
  try {
    return parseJsonBody(body, uint64Lists);
  } catch (error) {
    return error;
  }
}
