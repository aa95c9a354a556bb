import { type Answer, type Call, call } from './call.js';

/** A row of `GET /v1/load/stats`. */
export interface EngineRow {
  readonly ip: string;
  readonly queued_req_num: number;
  readonly prompt_length: number;
  readonly updated_time: number;
  readonly prefill_req_num: number;
}

/** The load calls of one replica, as a gateway makes them. */
export class LoadCalls {
  /** @param makeCall see {@link call} */
  constructor(
    readonly url: string,
    private readonly makeCall: Call = call,
  ) {}

  /** `fields` are laid over a record that is complete and right. */
  record(fields: object): Promise<Answer> {
    return this.makeCall('POST', `${this.url}/v1/load/stats`, { cluster: 'c', ip: '10.0.0.1', ...fields });
  }

  release(fields: object): Promise<Answer> {
    return this.makeCall('DELETE', `${this.url}/v1/load/prompt`, fields);
  }

  remove(fields: object): Promise<Answer> {
    return this.makeCall('DELETE', `${this.url}/v1/load/stats`, fields);
  }

  /** A POST whose body is given as text, or as bytes. */
  post(body: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> {
    return this.makeCall('POST', `${this.url}/v1/load/stats`, body, headers);
  }

  query(cluster: string): Promise<Answer> {
    return this.makeCall('GET', `${this.url}/v1/load/stats?cluster=${encodeURIComponent(cluster)}`);
  }

  async load(cluster: string): Promise<EngineRow[]> {
    return (await this.query(cluster)).body.data as EngineRow[];
  }

  /** Queued requests, requests in prefill and prompt length of a cluster with at most one engine. */
  async counts(cluster: string): Promise<readonly [queued: number, prefill: number, prompt: number]> {
    const [row] = await this.load(cluster);
    return row === undefined ? [0, 0, 0] : [row.queued_req_num, row.prefill_req_num, row.prompt_length];
  }
}
