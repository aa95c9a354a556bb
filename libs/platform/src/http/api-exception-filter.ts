import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from './api-error.js';
import { envelopeContentType, failureBody } from './envelope.js';
import { type Failures, statusOf } from './failures.js';
import type { RouteTable } from './route-table.js';

/** Answers whatever was thrown, by a handler, by Nest or by Fastify, with the envelope of an error. */
@Catch()
export class ApiExceptionFilter implements ExceptionFilter {
  constructor(
    private readonly routes: RouteTable,
    private readonly failures: Failures,
  ) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const error = this.#apiErrorFor(exception, request);
    request.failure = error;
    void reply
      .code(error.status)
      .headers({ ...error.headers, 'content-type': envelopeContentType })
      .send(failureBody(error, request.id));
  }

  #apiErrorFor(exception: unknown, request: FastifyRequest): ApiError {
    const status = exception instanceof ApiError ? undefined : statusOf(exception);
    if (status === 404 && request.is404) return this.#unmatched(request);
    return this.failures.apiErrorOf(exception, request.id, request.routeOptions.bodyLimit!);
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
