import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import { type OutgoingBatch, batchText, wireVersion } from '../../application/batch-format.js';
import type { Clock } from '../../application/ports/clock.js';
import type { GoCall } from '../../application/ports/go-wire.js';
import {
  type BatchAnswer,
  type DigestAnswer,
  type DigestRequest,
  PeerClient,
  PeerError,
  type SnapshotRequest,
  type SnapshotStream,
} from '../../application/ports/peer-client.js';
import { peerAddressOf } from '../../domain/peer-address.js';
import { readBatchAnswer, readDigestAnswer, readEnvelope } from './answers.js';
import { BatchStream, batchPath, batchStreamProtocol } from './batch-stream.js';
import { Exchange, type HttpAnswer } from './exchange.js';
import { peerErrorOf, readSnapshot } from './snapshot-reader.js';

/** How peers are called; the environment variables `REPLICA_CLIENT_*`. */
export interface HttpPeerClientOptions {
  readonly dialTimeoutMs: number;
  /** From the call to the whole answer; of a snapshot, from one part to the next. */
  readonly requestTimeoutMs: number;
  /** Connections to one peer, though never fewer than its calls need that are under way side by side. */
  readonly maxConnections: number;
  readonly idleTimeoutMs: number;
  readonly keepAlivePeriodMs: number;
}

/** A batch, a digest, a snapshot for a gap and one for repair: none may wait for another to be over. */
const leastConnections = 4;
const maxAnswerBytes = 64 * 1024;
/** A peer that has refused a stream may be of a later release by then. */
const streamRetryMs = 60_000;
const json = { 'content-type': 'application/json' };

/**
 * Reaches peers over HTTP/1.1. Connections to a peer last until it is forgotten, and so beyond the end of the HTTP
 * server: the last events go out after it.
 */
export class HttpPeerClient extends PeerClient {
  readonly #pools = new Map<string, Pool>();
  readonly #streams = new Map<string, BatchStream>();
  /** When a peer may be asked again for a stream: it is asked now, or has refused one. Calls do as well. */
  readonly #streamAskedUntilMs = new Map<string, number>();

  constructor(
    private readonly options: HttpPeerClientOptions,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async sendBatch(peer: string, batch: OutgoingBatch): Promise<BatchAnswer | 'unknown-call'> {
    const body = batchText(batch, this.clock.nowMs());
    const stream = this.#streams.get(peer);
    if (stream?.isOpen === true)
      return readBatchAnswer(readEnvelope(await stream.call(body, this.options.requestTimeoutMs)));
    const answer = await this.#call(peer, 'POST', batchPath, body, json);
    if (answer.status === 404) return 'unknown-call';
    const read = readBatchAnswer(readEnvelope(answer));
    void this.#openStream(peer);
    return read;
  }

  override async fetchDigest(peer: string, request: DigestRequest): Promise<DigestAnswer | 'not-ready'> {
    const body = JSON.stringify({ v: wireVersion, ...request });
    const answer = await this.#call(peer, 'POST', '/v1/replica/digest', body, json);
    return answer.status === 503 ? 'not-ready' : readDigestAnswer(readEnvelope(answer));
  }

  override async sendGoCall(peer: string, { type, body }: GoCall): Promise<boolean> {
    const headers = { ...json, 'event-type': type, traceid: randomUUID() };
    return (await this.#call(peer, 'POST', '/v1/replica/event', body, headers)).status === 200;
  }

  override async fetchSnapshot(
    peer: string,
    { buckets, youngerThanMs, hints }: SnapshotRequest,
  ): Promise<SnapshotStream | 'not-ready'> {
    const query = new URLSearchParams();
    if (buckets !== undefined) query.set('buckets', buckets.join(','));
    if (youngerThanMs !== undefined) query.set('younger_than_ms', String(youngerThanMs));
    if (hints !== undefined) query.set('hints', String(hints));
    try {
      const { statusCode, body } = await this.#poolOf(peer).request({
        method: 'GET',
        path: `/v1/replica/snapshot?${query}`,
        // No longer than for a batch: while a silent donor is waited for, no gap is closed.
        headersTimeout: this.options.requestTimeoutMs,
        bodyTimeout: this.options.requestTimeoutMs,
      });
      if (statusCode !== 200) {
        await body.dump();
        if (statusCode === 503) return 'not-ready';
        throw new PeerError(`status ${statusCode} to the call for a snapshot`);
      }
      return await readSnapshot(body);
    } catch (error) {
      throw peerErrorOf(error);
    }
  }

  override forget(peer: string): void {
    this.#streams.get(peer)?.close();
    this.#streams.delete(peer);
    this.#streamAskedUntilMs.delete(peer);
    void this.#pools.get(peer)?.destroy();
    this.#pools.delete(peer);
  }

  #call(
    peer: string,
    method: 'POST',
    path: string,
    body: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<HttpAnswer> {
    const pool = this.#poolOf(peer);
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(this.options.requestTimeoutMs, maxAnswerBytes, resolve, reject);
      pool.dispatch({ method, path, body, headers }, exchange);
    });
  }

  /** From the first answered call on: a peer that does not answer, or not to batches, is not asked. */
  async #openStream(peer: string): Promise<void> {
    if (this.clock.nowMs() < (this.#streamAskedUntilMs.get(peer) ?? 0)) return;
    this.#streamAskedUntilMs.set(peer, this.clock.nowMs() + streamRetryMs);
    const pool = this.#poolOf(peer);
    try {
      const { socket } = await pool.upgrade({ path: batchPath, protocol: batchStreamProtocol });
      const stream = new BatchStream(socket);
      if (this.#pools.get(peer) !== pool) {
        stream.close();
        return;
      }
      this.#streams.set(peer, stream);
      this.#streamAskedUntilMs.delete(peer);
    } catch {
      // A release or a proxy that knows no streams: calls do.
    }
  }

  /** @throws PeerError for text that is no address */
  #poolOf(peer: string): Pool {
    let pool = this.#pools.get(peer);
    if (pool === undefined) {
      if (peerAddressOf(peer) === undefined) throw new PeerError(`${peer} is no address host:port`);
      const { dialTimeoutMs, maxConnections, idleTimeoutMs, keepAlivePeriodMs } = this.options;
      pool = new Pool(`http://${peer}`, {
        connections: Math.max(leastConnections, maxConnections),
        pipelining: 1,
        connect: { timeout: dialTimeoutMs, keepAlive: true, keepAliveInitialDelay: keepAlivePeriodMs },
        keepAliveTimeout: idleTimeoutMs,
        keepAliveMaxTimeout: idleTimeoutMs,
        // An exchange has its own time-out; undici's clock ticks in half seconds.
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      this.#pools.set(peer, pool);
    }
    return pool;
  }
}
