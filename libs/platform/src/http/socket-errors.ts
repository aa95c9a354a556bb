import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { ApiError, type ApiErrorKind } from './api-error.js';
import type { CallJournal } from './call-journal.js';
import { envelopeContentType, failureBody } from './envelope.js';
import { unmatchedRoute } from './finished-call.js';
import { traceIdOf, traceIdResponseHeader } from './trace-id.js';

const kindOf: Readonly<Record<string, [ApiErrorKind, string]>> = {
  HPE_HEADER_OVERFLOW: ['headersTooLarge', 'the headers are larger than 16 KiB; send smaller ones'],
  ERR_HTTP_REQUEST_TIMEOUT: ['requestTimeout', 'the request took too long to arrive; send it at once'],
};
const malformed: [ApiErrorKind, string] = ['malformedHttp', 'this is not HTTP/1.1 as RFC 9112 defines it'];

/** Answers what never became a request, in the envelope like everything else, and ends the connection. */
export function answerSocketError(error: NodeJS.ErrnoException, socket: Socket, journal: CallJournal): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const failure = new ApiError(...(kindOf[error.code ?? ''] ?? malformed));
  const traceId = traceIdOf(undefined);
  const body = failureBody(failure, traceId);
  if (socket.writable) {
    socket.end(
      `HTTP/1.1 ${failure.status} ${STATUS_CODES[failure.status]}\r\n` +
        `Content-Type: ${envelopeContentType}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
        `${traceIdResponseHeader}: ${traceId}\r\nConnection: close\r\n\r\n${body}`,
    );
  }
  // A client that keeps the connection half open must not keep its memory.
  socket.setTimeout(1000, () => socket.destroy());
  const { status } = failure;
  journal.record({
    traceId,
    method: 'unknown',
    route: unmatchedRoute,
    status,
    latencyUs: 0,
    input: undefined,
    failure,
  });
}
