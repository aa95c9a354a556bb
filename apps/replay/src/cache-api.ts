import type { CallResult } from './call-result.js';
import type { Fleet } from './fleet/fleet.js';
import { readLocations, type Locations } from './locations.js';
import { promptHash } from './prefix-hash.js';
import type { HashIds } from './trace/hash-ids.js';

/** Who answers, and on whose behalf calls are made. */
export interface CacheApiOptions {
  readonly fleet: Pick<Fleet, 'call'>;
  readonly cluster: string;
  readonly engines: readonly string[];
}

/** The service lists so many engines at most. */
const mostLocations = 1000;

/** The calls about prefix caches as AIGW makes them: the cluster tells which replica is asked. No call rejects. */
export class CacheApi {
  readonly #fleet: CacheApiOptions['fleet'];
  readonly #cluster: string;
  readonly #engineByIp: ReadonlyMap<string, number>;
  readonly #topK: number;

  constructor({ fleet, cluster, engines }: CacheApiOptions) {
    this.#fleet = fleet;
    this.#cluster = cluster;
    this.#engineByIp = new Map(engines.map((ip, engine) => [ip, engine]));
    this.#topK = Math.min(engines.length, mostLocations);
  }

  /** POST the question which engines hold how much of a prompt. */
  async locate(hashIds: HashIds): Promise<CallResult<Locations>> {
    const topK = this.#topK;
    const result = await this.#post('/v1/cache/query', { cluster: this.#cluster, topk: topK }, hashIds);
    if (!result.ok) return result;
    return readLocations(result.value, { engineByIp: this.#engineByIp, blocks: hashIds.length, topK });
  }

  /** POST that an engine holds a prompt's prefixes from now on. */
  save(ip: string, hashIds: HashIds): Promise<CallResult<unknown>> {
    return this.#post('/v1/cache/save', { cluster: this.#cluster, ip }, hashIds);
  }

  #post(path: string, fields: object, hashIds: HashIds): Promise<CallResult<unknown>> {
    // JSON.stringify knows no bigint, and numbers would round the hashes.
    const body = `${JSON.stringify(fields).slice(0, -1)},"prompt_hash":${promptHash(hashIds)}}`;
    return this.#fleet.call(this.#cluster, { method: 'POST', path, body });
  }
}
