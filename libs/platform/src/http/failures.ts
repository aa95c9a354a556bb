import { HttpException } from '@nestjs/common';
import type { Logger } from 'pino';
import { ApiError } from './api-error.js';

/** Turns whatever was thrown into what the client is told of it. */
export class Failures {
  constructor(private readonly log: Logger) {}

  /**
   * What nobody has foreseen goes to the log, with its stack, and never to the client.
   *
   * @param bodyLimitBytes the most that a body of the call may have
   */
  apiErrorOf(exception: unknown, traceId: string, bodyLimitBytes: number): ApiError {
    if (exception instanceof ApiError) return exception;
    const status = statusOf(exception);
    if (status === 413) {
      const message = `the body is larger than ${bodyLimitBytes} bytes; send a smaller one`;
      return new ApiError('bodyTooLarge', message);
    }
    if (status !== undefined && status >= 400 && status < 500) {
      return new ApiError(
        'malformedHttp',
        'the request is malformed: its URL, headers or body length do not fit',
      );
    }
    this.log.error({ err: exception, traceId }, 'a call failed');
    return new ApiError('internal', 'internal error; the service’s log says more under this trace id');
  }
}

/** The HTTP status that the framework has in mind, if any. */
export function statusOf(exception: unknown): number | undefined {
  if (exception instanceof HttpException) return exception.getStatus();
  const { statusCode } = (exception ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : undefined;
}
