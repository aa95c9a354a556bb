import { type IncomingMessage, STATUS_CODES, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ApiError, type ApiErrorKind } from './api-error.js';
import type { CallJournal } from './call-journal.js';
import { envelopeContentType, failureBody } from './envelope.js';
import { clientClosedStatus, unmatchedRoute } from './finished-call.js';
import { traceIdOf, traceIdRequestHeader, traceIdResponseHeader } from './trace-id.js';

const kindOf: Readonly<Record<string, [ApiErrorKind, string]>> = {
  HPE_HEADER_OVERFLOW: ['headersTooLarge', 'the headers are larger than 16 KiB; send smaller ones'],
  ERR_HTTP_REQUEST_TIMEOUT: ['requestTimeout', 'the request took too long to arrive; send it at once'],
};
const malformed: [ApiErrorKind, string] = ['malformedHttp', 'this is not HTTP/1.1 as RFC 9112 defines it'];
/** The client closed its side in the midst of a request. */
const hungUp = 'HPE_INVALID_EOF_STATE';

/** Time in which a client may read the last answer of a connection. */
const lingerMs = 1_000;

/**
 * `_httpMessage` is the answer that the socket waits for. Undocumented, but Node's own handler of these errors
 * asks it too, and book-keeping of ours would cost on every call.
 */
type ServerSocket = Socket & { readonly _httpMessage?: ServerResponse | null };

/** Answers what the framework never sees as a request, in the envelope like everything else. */
export class SocketErrors {
  readonly #failures = new WeakMap<IncomingMessage, ApiError>();
  readonly #waiting = new WeakSet<ServerResponse>();

  constructor(private readonly journal: CallJournal) {}

  /** Why a request could not be read to its end, where it was the connection that failed. */
  failureOf(request: IncomingMessage): ApiError | undefined {
    return this.#failures.get(request);
  }

  /** The socket's parser found an error or ran out of time: answers, and ends the connection. */
  onClientError(error: NodeJS.ErrnoException, socket: ServerSocket): void {
    // Not writable: answered already, and the client goes on sending.
    if (error.code === 'ECONNRESET' || !socket.writable) return;
    const pending = socket._httpMessage;
    if (pending?.req.complete === true) {
      // What was wrong came behind a whole request: that one gets its answer first.
      this.#answerAfter(pending, error, socket);
      return;
    }
    if (pending?.headersSent) {
      // A second answer in the midst of the first would be taken for a part of it.
      socket.destroy();
      return;
    }
    const failure = new ApiError(...(kindOf[error.code ?? ''] ?? malformed));
    const traceId = traceIdOf(pending?.req.headers[traceIdRequestHeader]);
    end(socket, failure, traceId);
    if (pending) {
      // What still comes comes too late: the client has been told that the call failed.
      pending.req.pause();
      // The call's own hooks write the journal.
      if (error.code !== hungUp) this.#failures.set(pending.req, failure);
    } else if (error.code === hungUp) {
      this.#record(traceId, clientClosedStatus, undefined);
    } else {
      this.#record(traceId, failure.status, failure);
    }
  }

  /** A client takes this for a proxy; Node would close the connection without a word. */
  onConnect(request: IncomingMessage, socket: Socket): void {
    const failure = new ApiError('methodNotAllowed', 'CONNECT is for proxies; use GET, POST or DELETE', {
      allow: 'DELETE, GET, POST',
    });
    const traceId = traceIdOf(request.headers[traceIdRequestHeader]);
    end(socket, failure, traceId);
    this.#record(traceId, failure.status, failure);
  }

  #answerAfter(pending: ServerResponse, error: NodeJS.ErrnoException, socket: ServerSocket): void {
    // The client may go on sending, and each byte is an error of its own.
    if (this.#waiting.has(pending)) return;
    this.#waiting.add(pending);
    pending.once('close', () => this.onClientError(error, socket));
  }

  #record(traceId: string, status: number, failure: ApiError | undefined): void {
    const call = { method: 'unknown', route: unmatchedRoute, latencyUs: 0, input: undefined };
    this.journal.record({ ...call, traceId, status, failure });
  }
}

function end(socket: Socket, failure: ApiError, traceId: string): void {
  const body = failureBody(failure, traceId);
  const headers = Object.entries({
    ...failure.headers,
    'Content-Type': envelopeContentType,
    'Content-Length': Buffer.byteLength(body),
    [traceIdResponseHeader]: traceId,
    Connection: 'close',
  });
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${failure.status} ${STATUS_CODES[failure.status]}\r\n${lines}\r\n${body}`);
  // Not the socket's own time-out: a client that goes on sending a byte now and then would put it off for ever.
  const linger = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(linger));
}
