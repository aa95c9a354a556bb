import { type Answer, type Call, call } from './call.js';

/** One engine of an answer to `POST /v1/cache/query`. */
export interface LocationRow {
  readonly ip: string;
  readonly length: number;
}

/** JSON whose hashes are exact, whatever number of bits they have. */
function withHashes(fields: object, hashes: readonly (bigint | number)[]): string {
  return `${JSON.stringify(fields).slice(0, -1)},"prompt_hash":[${hashes.join(',')}]}`;
}

/** The cache calls of one replica, as a gateway makes them. */
export class CacheCalls {
  /** @param makeCall see {@link call} */
  constructor(
    readonly url: string,
    private readonly makeCall: Call = call,
  ) {}

  save(ip: string, hashes: readonly (bigint | number)[], cluster = 'c'): Promise<Answer> {
    return this.post('save', withHashes({ cluster, ip }, hashes));
  }

  query(hashes: readonly (bigint | number)[], fields: object = {}): Promise<Answer> {
    return this.post('query', withHashes({ cluster: 'c', ...fields }, hashes));
  }

  async locations(hashes: readonly (bigint | number)[], fields: object = {}): Promise<LocationRow[]> {
    const { data } = (await this.query(hashes, fields)).body;
    return (data as { locations: LocationRow[] }).locations;
  }

  drop(fields: object): Promise<Answer> {
    return this.makeCall('DELETE', `${this.url}/v1/cache/engine`, fields);
  }

  /** A body given as text or bytes. */
  post(path: 'query' | 'save', body: string | Buffer | object): Promise<Answer> {
    return this.makeCall('POST', `${this.url}/v1/cache/${path}`, body);
  }
}
