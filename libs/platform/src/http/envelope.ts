import type { ApiError } from './api-error.js';
import { RenderedJson } from './rendered-json.js';

/** Content type of every enveloped answer. */
export const envelopeContentType = 'application/json; charset=utf-8';

/** What stands before the data of a successful answer. */
export const successHead = '{"status":"OK","error":null,"data":';

/**
 * What stands behind the data of a successful answer.
 *
 * @param traceId printable ASCII, as {@link traceIdOf} gives it
 */
export function successTail(traceId: string): string {
  // All that JSON would escape in it; asking costs a fifth of making JSON of every id.
  const isPlain = !traceId.includes('"') && !traceId.includes('\\');
  return `,"trace_id":${isPlain ? `"${traceId}"` : JSON.stringify(traceId)}}`;
}

/** The body of a successful answer. */
export function successBody(data: unknown, traceId: string): string {
  const text = data instanceof RenderedJson ? data.text : JSON.stringify(data ?? null);
  return successHead + text + successTail(traceId);
}

/** The body of a failed answer. */
export function failureBody(error: ApiError, traceId: string): string {
  const { code, message, reason } = error;
  return JSON.stringify({ status: 'ERROR', error: { code, message, reason }, data: null, trace_id: traceId });
}
