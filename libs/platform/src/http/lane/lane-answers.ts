import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Readiness } from '../../health/readiness.js';
import type { ApiError } from '../api-error.js';
import type { CallJournal } from '../call-journal.js';
import { envelopeContentType, successHead, successTail } from '../envelope.js';
import { clientClosedStatus } from '../finished-call.js';
import type { RenderedJson } from '../rendered-json.js';
import type { SocketErrors } from '../socket-errors.js';
import { traceIdResponseHeader } from '../trace-id.js';
import type { LaneRoute } from './lane-route.js';

/** A call that entered the lane. */
export interface LaneCall {
  readonly route: LaneRoute;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly traceId: string;
  readonly startedMs: number;
  input: unknown;
  failure: ApiError | undefined;
}

/** What a call is answered with. */
export interface LaneAnswer {
  readonly call: LaneCall;
  readonly status: number;
  /** With its envelope, or data that is to get one. */
  readonly body: string | RenderedJson;
  readonly headers: ApiError['headers'];
}

/** As the framework writes it. */
const traceIdHeader = traceIdResponseHeader.toLowerCase();

/** The call that a connection waits for; undefined before its first one in the lane. */
const waitingCall = Symbol('lane');
type LaneSocket = Socket & { [waitingCall]?: LaneCall | undefined | null };

/**
 * Sends the answers, and writes the journal.
 *
 * Calls that came in one turn of the event loop are answered together at its end. A client that gets one answer after
 * the other falls asleep between two, and each would have to wake it, which costs more than the answer: sent together
 * they cost a third less at full load, and a lone one goes out as soon as before.
 */
export class LaneAnswers {
  #answers: LaneAnswer[] = [];

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

  add(answer: LaneAnswer): void {
    if (this.#answers.push(answer) === 1) setImmediate(() => this.#sendAll());
  }

  #sendAll(): void {
    const answers = this.#answers;
    this.#answers = [];
    for (const answer of answers) {
      const { call, status } = answer;
      // Its connection has closed, and the journal has it.
      if (!isWaiting(call)) continue;
      this.#send(answer);
      // Nearly always: the system has taken the whole answer.
      if (isSent(call.response)) this.#record(call, status);
      else call.response.once('finish', () => this.#record(call, status));
    }
  }

  #send(answer: LaneAnswer): void {
    const { call, body } = answer;
    if (typeof body !== 'string') {
      this.#sendRendered(answer, body);
      return;
    }
    const length = Buffer.byteLength(body);
    this.#writeHead(answer, length);
    // Text that is ASCII need not be encoded.
    call.response.end(body, length === body.length ? 'latin1' : 'utf8');
  }

  /** Without making one text of it. */
  #sendRendered(answer: LaneAnswer, { bytes }: RenderedJson): void {
    const { response, traceId } = answer.call;
    const tail = successTail(traceId);
    this.#writeHead(answer, successHead.length + bytes.length + tail.length);
    response.cork();
    response.write(successHead, 'latin1');
    response.write(bytes);
    response.end(tail, 'latin1');
  }

  /** The headers in the order in which the framework sends them. */
  #writeHead({ call: { response, traceId }, status, headers: own }: LaneAnswer, length: number): void {
    const headers = [traceIdHeader, traceId];
    for (const name in own) headers.push(name.toLowerCase(), own[name]!);
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

function isWaiting(call: LaneCall): boolean {
  return (call.request.socket as LaneSocket)[waitingCall] === call;
}

/** Whether the system has taken all of an answer that is complete, so that nothing waits for the client to read. */
function isSent({ writableLength, socket }: ServerResponse): boolean {
  return writableLength === 0 && socket?.errored === null;
}
