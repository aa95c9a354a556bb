import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Readiness } from '../../health/readiness.js';
import type { ApiError } from '../api-error.js';
import type { CallJournal } from '../call-journal.js';
import { envelopeContentType, failureBody, successBody, successHead, successTail } from '../envelope.js';
import { clientClosedStatus } from '../finished-call.js';
import { RenderedJson } from '../rendered-json.js';
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
}

/** What a call is answered with. */
export interface LaneAnswer {
  readonly call: LaneCall;
  readonly input: unknown;
  readonly status: number;
  /** What the method has returned. */
  readonly data: unknown;
  readonly failure: ApiError | undefined;
}

/** Data that is sent as it is kept: for less, one text is cheaper than three writes. */
const largeBytes = 4_096;

/** As the framework writes it. */
const traceIdHeader = traceIdResponseHeader.toLowerCase();
const noHeaders: ApiError['headers'] = {};

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
  await(call: LaneCall): void {
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
    const nowMs = performance.now();
    for (const answer of answers) {
      const socket = answer.call.request.socket as LaneSocket;
      // Its connection has closed, and the journal has it.
      if (socket[waitingCall] !== answer.call) continue;
      socket[waitingCall] = null;
      this.#send(answer);
      this.#record(answer.call, answer.status, answer.input, answer.failure, nowMs);
    }
  }

  #send({ call, status, data, failure }: LaneAnswer): void {
    if (failure !== undefined) {
      this.#sendText(call, status, failureBody(failure, call.traceId), failure.headers);
    } else if (data instanceof RenderedJson && data.bytes.length > largeBytes) {
      this.#sendRendered(call, status, data);
    } else {
      this.#sendText(call, status, successBody(data, call.traceId), noHeaders);
    }
  }

  #sendText(call: LaneCall, status: number, body: string, headers: ApiError['headers']): void {
    const length = Buffer.byteLength(body);
    this.#writeHead(call, status, length, headers);
    // Text that is ASCII need not be encoded.
    call.response.end(body, length === body.length ? 'latin1' : 'utf8');
  }

  /** Without making one text of it. */
  #sendRendered(call: LaneCall, status: number, { bytes }: RenderedJson): void {
    const { response, traceId } = call;
    const tail = successTail(traceId);
    this.#writeHead(call, status, successHead.length + bytes.length + tail.length, noHeaders);
    response.cork();
    response.write(successHead, 'latin1');
    response.write(bytes);
    response.end(tail, 'latin1');
  }

  /** The headers in the order in which the framework sends them. */
  #writeHead(
    { response, traceId }: LaneCall,
    status: number,
    length: number,
    own: ApiError['headers'],
  ): void {
    const headers = [traceIdHeader, traceId];
    for (const name in own) headers.push(name, own[name]!);
    headers.push('content-type', envelopeContentType);
    if (this.readiness.state === 'draining') headers.push('connection', 'close');
    headers.push('content-length', String(length));
    response.writeHead(status, headers);
  }

  /** The client hung up, or its connection failed, before its call was answered. */
  #onClosed(socket: LaneSocket): void {
    const call = socket[waitingCall];
    if (!call) return;
    socket[waitingCall] = null;
    const failure = this.socketErrors.failureOf(call.request);
    this.#record(call, failure?.status ?? clientClosedStatus, undefined, failure, performance.now());
  }

  #record(
    { traceId, route, startedMs }: LaneCall,
    status: number,
    input: unknown,
    failure: ApiError | undefined,
    nowMs: number,
  ): void {
    this.journal.record({
      traceId,
      method: route.method,
      route: route.path,
      status,
      latencyUs: Math.round((nowMs - startedMs) * 1000),
      input,
      failure,
    });
  }
}
