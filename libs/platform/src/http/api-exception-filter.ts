import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { ApiError } from './api-error.js';
import { envelopeContentType, failureBody } from './envelope.js';
import type { RouteTable } from './route-table.js';

/** Answers whatever was thrown, by a handler, by Nest or by Fastify, with the envelope of an error. */
@Catch()
export class ApiExceptionFilter implements ExceptionFilter {
  constructor(
    private readonly routes: RouteTable,
    private readonly log: Logger,
  ) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const error = this.#apiErrorFor(exception, request);
    if (error.kind === 'internal') {
      this.log.error({ err: exception, traceId: request.id }, 'a call failed');
    }
    request.failure = error;
    void reply
      .code(error.status)
      .headers({ ...error.headers, 'content-type': envelopeContentType })
      .send(failureBody(error, request.id));
  }

  #apiErrorFor(exception: unknown, request: FastifyRequest): ApiError {
    if (exception instanceof ApiError) return exception;
    const status = statusOf(exception);
    if (status === 404 && request.is404) return this.#unmatched(request);
    if (status === 413) {
      const limitBytes = request.routeOptions.bodyLimit;
      return new ApiError('bodyTooLarge', `the body is larger than ${limitBytes} bytes; send a smaller one`);
    }
    if (status !== undefined && status >= 400 && status < 500) {
      return new ApiError(
        'malformedHttp',
        'the request is malformed: its URL, headers or body length do not fit',
      );
    }
    return new ApiError('internal', 'internal error; the service’s log says more under this trace id');
  }

  #unmatched(request: FastifyRequest): ApiError {
    const methods = this.routes.methodsOf(request.url);
    if (methods.length === 0) {
      return new ApiError('routeNotFound', 'no such route; the API document lists all of them');
    }
    const allow = methods.join(', ');
    return new ApiError('methodNotAllowed', `this route takes ${allow} only`, { allow });
  }
}

function statusOf(exception: unknown): number | undefined {
  if (exception instanceof HttpException) return exception.getStatus();
  const { statusCode } = (exception ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : undefined;
}
