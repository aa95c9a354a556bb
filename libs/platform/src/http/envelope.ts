import type { ApiError } from './api-error.js';

/** Content type of every enveloped answer. */
export const envelopeContentType = 'application/json; charset=utf-8';

/**
 * The body of a successful answer.
 *
 * @param traceId printable ASCII, as {@link traceIdOf} gives it
 */
export function successBody(data: unknown, traceId: string): string {
  return `{"status":"OK","error":null,"data":${JSON.stringify(data ?? null)},"trace_id":${JSON.stringify(traceId)}}`;
}

/** The body of a failed answer. */
export function failureBody(error: ApiError, traceId: string): string {
  const { code, message, reason } = error;
  return JSON.stringify({ status: 'ERROR', error: { code, message, reason }, data: null, trace_id: traceId });
}
