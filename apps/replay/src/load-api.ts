import { Pool } from 'undici';
import { readClusterLoad, readEnvelope, type CallResult, type ClusterLoad } from './answer.js';

/** What a gateway reports before it sends a request to an engine. */
export interface RequestRecord {
  readonly requestId: string;
  readonly ip: string;
  readonly promptLength: number;
  /** Unix nanoseconds; beyond what a JavaScript number holds. */
  readonly timestampNs: bigint;
}

/** Where the API is, and on whose behalf calls are made. */
export interface LoadApiOptions {
  /** Scheme, host and port. */
  readonly target: string;
  readonly cluster: string;
  readonly engines: readonly string[];
  /** Connections at most; further calls wait for one. */
  readonly connections: number;
}

/** A call without an answer by then has failed. */
const answerTimeoutMs = 10_000;
const connectTimeoutMs = 3000;
/** AIGW keeps idle connections this long. */
const idleMs = 5 * 60 * 1000;
/** Well above the answer for the most engines there can be. */
const maxAnswerBytes = 32 * 1024 * 1024;

/**
 * The load API as AIGW calls it: no Content-Type, `prompt_length` left out when it is 0, empty cluster and
 * ip in a DELETE. No call rejects; none is repeated.
 */
export class LoadApi {
  readonly #pool: Pool;
  readonly #cluster: string;
  readonly #engineByIp: ReadonlyMap<string, number>;

  constructor({ target, cluster, engines, connections }: LoadApiOptions) {
    this.#cluster = cluster;
    this.#engineByIp = new Map(engines.map((ip, engine) => [ip, engine]));
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

  /** GET the load of the cluster. */
  async query(): Promise<CallResult<ClusterLoad>> {
    const result = await this.#call('GET', `/v1/load/stats?cluster=${encodeURIComponent(this.#cluster)}`);
    return result.ok ? readClusterLoad(result.value, this.#engineByIp) : result;
  }

  /** POST a request that goes to an engine. */
  async record({ requestId, ip, promptLength, timestampNs }: RequestRecord): Promise<CallResult<unknown>> {
    const known = { cluster: this.#cluster, request_id: requestId, ip };
    const fields = JSON.stringify(promptLength === 0 ? known : { ...known, prompt_length: promptLength });
    // JSON.stringify knows no bigint, and a number would round the nanoseconds.
    return this.#call('POST', '/v1/load/stats', `${fields.slice(0, -1)},"timestamp":${timestampNs}}`);
  }

  /** DELETE a request's prompt: its first token was seen. */
  async release(requestId: string): Promise<CallResult<unknown>> {
    return this.#call('DELETE', '/v1/load/prompt', deletion(requestId));
  }

  /** DELETE a request: it is done. */
  async remove(requestId: string): Promise<CallResult<unknown>> {
    return this.#call('DELETE', '/v1/load/stats', deletion(requestId));
  }

  /** Drops all connections; calls under way fail. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #call(method: 'GET' | 'POST' | 'DELETE', path: string, body?: string): Promise<CallResult<unknown>> {
    try {
      // `reset: false`: undici would close the connection after each DELETE with a body.
      const answer = await this.#pool.request({ method, path, body: body ?? null, reset: false });
      const text = await answer.body.text();
      return readEnvelope(answer.statusCode, text);
    } catch (error) {
      return { ok: false, reason: describe(error) };
    }
  }
}

/** AIGW gives the id alone; its empty strings stand for "not given". */
function deletion(requestId: string): string {
  return JSON.stringify({ request_id: requestId, cluster: '', ip: '' });
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A refused connection to a name with several addresses says nothing but this code.
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return error.message.includes(code) ? error.message : `${code} ${error.message}`.trim();
}
