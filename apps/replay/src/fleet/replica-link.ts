import { Pool } from 'undici';
import { readEnvelope } from '../answer.js';
import { failed, type CallResult } from '../call-result.js';
import { exchange, type WireCall } from './exchange.js';
import { addressOf } from './replica-address.js';
import { noFigures, type ReplicaFigures } from './replica-figures.js';

/** An answer that does not come in time is none; where no other limit is given. */
const answerTimeoutMs = 10_000;
const connectTimeoutMs = 3000;
/** AIGW keeps idle connections this long. */
const idleMs = 5 * 60 * 1000;
/** Well above the answer for the most engines there can be. */
const maxAnswerBytes = 32 * 1024 * 1024;

/** The connections to one replica, kept alive, and what became of the attempts over them. */
export class ReplicaLink {
  /** Scheme, host and port. */
  readonly target: string;
  /** `host:port`. */
  readonly address: string;
  readonly #pool: Pool;
  #figures: { -readonly [name in keyof ReplicaFigures]: number } = { ...noFigures };

  /** @param connections at most; further calls wait for one */
  constructor(target: string, connections: number) {
    this.target = target;
    this.address = addressOf(target);
    this.#pool = new Pool(target, {
      connections,
      pipelining: 1,
      connectTimeout: connectTimeoutMs,
      headersTimeout: answerTimeoutMs,
      bodyTimeout: answerTimeoutMs,
      keepAliveTimeout: idleMs,
      keepAliveMaxTimeout: idleMs,
      maxResponseSize: maxAnswerBytes,
    });
  }

  get figures(): ReplicaFigures {
    return this.#figures;
  }

  /** Sends a call once and opens the envelope of its answer. Never rejects. */
  async attempt(call: WireCall, kind: 'first' | 'retry', timeoutMs?: number): Promise<CallResult<unknown>> {
    this.#figures.attempts++;
    if (kind === 'retry') this.#figures.retries++;
    const answer = await exchange(this.#pool, call, timeoutMs);
    if (answer.kind === 'timeout') this.#figures.timeouts++;
    const result =
      answer.kind === 'answer' ? readEnvelope(answer.statusCode, answer.body) : failed(answer.reason);
    if (!result.ok && answer.kind !== 'timeout') this.#figures.refusals++;
    return result;
  }

  /** As {@link attempt}, for a question that is no gateway's call: it is not counted. */
  async ask(call: WireCall, timeoutMs: number): Promise<CallResult<unknown>> {
    const answer = await exchange(this.#pool, call, timeoutMs);
    return answer.kind === 'answer' ? readEnvelope(answer.statusCode, answer.body) : failed(answer.reason);
  }

  /** A call that began here failed here and elsewhere. */
  countFailedCall(): void {
    this.#figures.failedCalls++;
  }

  /** Drops all connections; calls under way fail. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}
