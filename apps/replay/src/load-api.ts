import { readClusterLoad, type ClusterLoad } from './answer.js';
import type { CallResult } from './call-result.js';
import type { WireCall } from './fleet/exchange.js';
import type { Fleet } from './fleet/fleet.js';

/** What a gateway reports before it sends a request to an engine. */
export interface RequestRecord {
  readonly requestId: string;
  readonly ip: string;
  readonly promptLength: number;
  /** Unix nanoseconds; beyond what a JavaScript number holds. */
  readonly timestampNs: bigint;
}

/** Who answers, and on whose behalf calls are made. */
export interface LoadApiOptions {
  readonly fleet: Pick<Fleet, 'call' | 'ask'>;
  readonly cluster: string;
  readonly engines: readonly string[];
}

/** AIGW's key for both DELETEs: all of them go to one replica, whatever the cluster. */
const deletionKey = '';

/**
 * The load API as AIGW calls it: no Content-Type, `prompt_length` left out when it is 0, empty cluster and
 * ip in a DELETE. No call rejects.
 */
export class LoadApi {
  readonly #fleet: LoadApiOptions['fleet'];
  readonly #cluster: string;
  readonly #engineByIp: ReadonlyMap<string, number>;
  readonly #query: WireCall;

  constructor({ fleet, cluster, engines }: LoadApiOptions) {
    this.#fleet = fleet;
    this.#cluster = cluster;
    this.#engineByIp = new Map(engines.map((ip, engine) => [ip, engine]));
    const path = `/v1/load/stats?cluster=${encodeURIComponent(cluster)}`;
    this.#query = { method: 'GET', path, body: null };
  }

  /** GET the load of the cluster. */
  async query(): Promise<CallResult<ClusterLoad>> {
    return this.#read(await this.#fleet.call(this.#cluster, this.#query));
  }

  /** GET the load of the cluster as one replica knows it, by its place; outside of all counts. */
  async queryAt(place: number, timeoutMs: number): Promise<CallResult<ClusterLoad>> {
    return this.#read(await this.#fleet.ask(place, this.#query, timeoutMs));
  }

  /** POST a request that goes to an engine. */
  record({ requestId, ip, promptLength, timestampNs }: RequestRecord): Promise<CallResult<unknown>> {
    const known = { cluster: this.#cluster, request_id: requestId, ip };
    const fields = JSON.stringify(promptLength === 0 ? known : { ...known, prompt_length: promptLength });
    // JSON.stringify knows no bigint, and a number would round the nanoseconds.
    const body = `${fields.slice(0, -1)},"timestamp":${timestampNs}}`;
    return this.#fleet.call(this.#cluster, { method: 'POST', path: '/v1/load/stats', body });
  }

  /** DELETE a request's prompt: its first token was seen. */
  release(requestId: string): Promise<CallResult<unknown>> {
    return this.#fleet.call(deletionKey, deletion('/v1/load/prompt', requestId));
  }

  /** DELETE a request: it is done. */
  remove(requestId: string): Promise<CallResult<unknown>> {
    return this.#fleet.call(deletionKey, deletion('/v1/load/stats', requestId));
  }

  #read(result: CallResult<unknown>): CallResult<ClusterLoad> {
    return result.ok ? readClusterLoad(result.value, this.#engineByIp) : result;
  }
}

/** AIGW gives the id alone; its empty strings stand for "not given". */
function deletion(path: string, requestId: string): WireCall {
  return {
    method: 'DELETE',
    path,
    body: JSON.stringify({ request_id: requestId, cluster: '', ip: '' }),
  };
}
