import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Readiness } from '../../health/readiness.js';
import type { ApiError } from '../api-error.js';
import type { CallJournal } from '../call-journal.js';
import { envelopeContentType, successHead, successTail } from '../envelope.js';
import { clientClosedStatus } from '../finished-call.js';
import type { RenderedJson } from '../rendered-json.js';
import type { SocketErrors } from '../socket-errors.js';
import { traceIdResponseHeader } from '../trace-id.js';
import type { LaneCall } from './lane-call.js';

/** As the framework writes it. */
const traceIdHeader = traceIdResponseHeader.toLowerCase();

/** The call that a connection waits for; undefined before its first one in the lane. */
const waitingCall = Symbol('lane');
type LaneSocket = Socket & { [waitingCall]?: LaneCall | undefined | null };

/** Sends the answers, and writes the journal. */
export class LaneAnswers {
  constructor(
    private readonly readiness: Readiness,
    private readonly journal: CallJournal,
    private readonly socketErrors: SocketErrors,
  ) {}

  /** A call will be answered, unless its connection closes before. */
  expect(call: LaneCall): void {
    const socket = call.request.socket as LaneSocket;
    if (socket[waitingCall] === undefined) socket.once('close', () => this.#onClosed(socket));
    socket[waitingCall] = call;
  }

  /** Sends the answers of those calls that have one. */
  send(calls: readonly LaneCall[]): void {
    for (const call of calls) {
      const { answerBody, response } = call;
      // Where its connection has closed, the journal has it.
      if (answerBody === undefined || !isWaiting(call)) continue;
      if (typeof answerBody === 'string') this.#sendText(call, answerBody);
      else this.#sendRendered(call, answerBody);
      // Nearly always: the system has taken the whole answer.
      if (isSent(response)) this.#record(call, call.status);
      else response.once('finish', () => this.#record(call, call.status));
    }
  }

  #sendText(call: LaneCall, body: string): void {
    const length = Buffer.byteLength(body);
    this.#writeHead(call, length);
    // Text that is ASCII need not be encoded.
    call.response.end(body, length === body.length ? 'latin1' : 'utf8');
  }

  /** Without making one text of it. */
  #sendRendered(call: LaneCall, { bytes }: RenderedJson): void {
    const { response, traceId } = call;
    const tail = successTail(traceId);
    this.#writeHead(call, successHead.length + bytes.length + tail.length);
    response.cork();
    response.write(successHead, 'latin1');
    response.write(bytes);
    response.end(tail, 'latin1');
  }

  /** The headers in the order in which the framework sends them. */
  #writeHead({ response, traceId, status, failure }: LaneCall, length: number): void {
    const headers = [traceIdHeader, traceId];
    if (failure !== undefined) pushHeaders(headers, failure.headers);
    headers.push('content-type', envelopeContentType);
    if (this.readiness.state === 'draining') headers.push('connection', 'close');
    headers.push('content-length', String(length));
    response.writeHead(status, headers);
  }

  /** The client hung up, or its connection failed, before its call was there or its answer gone as a whole. */
  #onClosed(socket: LaneSocket): void {
    const call = socket[waitingCall];
    if (!call) return;
    call.failure ??= this.socketErrors.failureOf(call.request);
    this.#record(call, call.failure?.status ?? clientClosedStatus);
  }

  #record(call: LaneCall, status: number): void {
    // The end of its connection may have been first.
    if (!isWaiting(call)) return;
    const { traceId, route, startedMs, input, failure } = call;
    (call.request.socket as LaneSocket)[waitingCall] = null;
    this.journal.record({
      traceId,
      method: route.method,
      route: route.path,
      status,
      latencyUs: Math.round((performance.now() - startedMs) * 1000),
      input,
      failure,
    });
  }
}

function pushHeaders(headers: string[], own: ApiError['headers']): void {
  for (const name in own) headers.push(name.toLowerCase(), own[name]!);
}

function isWaiting(call: LaneCall): boolean {
  return (call.request.socket as LaneSocket)[waitingCall] === call;
}

/** Whether the system has taken all of an answer that is complete, so that nothing waits for the client to read. */
function isSent({ writableLength, socket }: ServerResponse): boolean {
  return writableLength === 0 && socket?.errored === null && !socket.destroyed;
}
