import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { FakePrefixes } from './fake-prefixes.js';

/** A call as the fake saw it. */
export interface SeenCall {
  readonly method: string;
  readonly url: string;
  readonly contentType: string | undefined;
  readonly body: string;
}

/** What may go wrong with a call: it is answered but not applied; applied twice; refused; a route that it does not know; cut off; or never answered. */
type Fault =
  | 'drop'
  | 'double'
  | 'refuse'
  | 'unknown'
  | 'error status'
  | 'hang up'
  | 'applied, then hang up'
  | 'hang'
  | 'applied, then hang';

const notApplied: ReadonlySet<Fault> = new Set<Fault>(['drop', 'refuse', 'unknown', 'hang up', 'hang']);

export interface FakeOptions {
  /** Decides for each call, numbered from 0 over all calls, whether it is faulty. */
  readonly fault?: (call: SeenCall, index: number) => Fault | undefined;
  /** Turns of the event loop to wait before a call is applied and again before it is answered. */
  readonly turns?: () => number;
  /** Replaces the data of the answer about load. */
  readonly distort?: (rows: FakeRow[]) => unknown;
  /** Replaces the data of the answer about prefixes. */
  readonly distortLocations?: (data: unknown) => unknown;
  /** What several replicas share, as if they replicated at once; without it a replica has its own. */
  readonly state?: FakeState;
  /** A loopback address of its own. */
  readonly host?: string;
  /** Of one that was there before; without it any that is free. */
  readonly port?: number;
}

interface FakeRow {
  readonly ip: string;
  queued_req_num: number;
  prefill_req_num: number;
  prompt_length: number;
  readonly updated_time: number;
}

export interface FakeReplica {
  readonly target: string;
  readonly calls: readonly SeenCall[];
  /** The most calls that were under way at a time. */
  readonly mostInFlight: () => number;
  /** How many connections it took. */
  readonly connections: () => number;
  close(): Promise<void>;
}

interface FakeRequest {
  readonly row: FakeRow;
  readonly promptLength: number;
}

/** The load API and the calls about prefixes over a real socket, as small as can be: no expiry, no checks of input, lenient. */
export async function startFakeReplica({
  fault,
  turns,
  distort,
  distortLocations,
  state = new FakeState(),
  host = '127.0.0.1',
  port: wantedPort = 0,
}: FakeOptions = {}): Promise<FakeReplica> {
  const calls: SeenCall[] = [];
  let inFlight = 0;
  let mostInFlight = 0;

  const server = createServer((request, response) => void serve(request, response));
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    mostInFlight = Math.max(mostInFlight, ++inFlight);
    const { method = '', url = '' } = request;
    const call = { method, url, contentType: request.headers['content-type'], body: await text(request) };
    const index = calls.push(call) - 1;
    const wrong = fault?.(call, index);
    for (let left = turns?.() ?? 0; left > 0; left--) await turn();
    const applied = wrong !== undefined && notApplied.has(wrong) ? 0 : wrong === 'double' ? 2 : 1;
    let data: unknown = null;
    for (let time = 0; time < applied; time++) data = state.apply(call, time === 0 ? '' : '#again');
    for (let left = turns?.() ?? 0; left > 0; left--) await turn();
    inFlight--;
    if (wrong === 'hang' || wrong === 'applied, then hang') return;
    if (wrong === 'hang up' || wrong === 'applied, then hang up') return void request.socket.destroy();
    const code = wrong === 'refuse' ? 503 : wrong === 'unknown' ? 404 : 200;
    const status = code !== 200 || wrong === 'error status' ? 'ERROR' : 'OK';
    if (method === 'GET' && distort !== undefined) data = distort(data as FakeRow[]);
    if (url === '/v1/cache/query' && distortLocations !== undefined) data = distortLocations(data);
    response.writeHead(code, { 'content-type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify({ status, error: null, data, trace_id: 'fake' }));
  }

  let connections = 0;
  server.on('connection', () => connections++);
  server.listen(wantedPort, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    target: `http://${host}:${port}`,
    calls,
    mostInFlight: () => mostInFlight,
    connections: () => connections,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** What is known of all requests and prefixes. */
export class FakeState {
  readonly #prefixes = new FakePrefixes();
  readonly #clusters = new Map<string, Map<string, FakeRow>>();
  readonly #queued = new Map<string, FakeRequest>();
  readonly #prefilling = new Set<string>();
  readonly #removed = new Set<string>();
  readonly #released = new Set<string>();

  apply({ method, url, body }: SeenCall, suffix: string): unknown {
    const { pathname, searchParams } = new URL(url, 'http://fake');
    if (method === 'GET') return [...(this.#clusters.get(searchParams.get('cluster') ?? '')?.values() ?? [])];
    if (pathname.startsWith('/v1/cache/')) return this.#prefixes.apply(pathname, body);
    const fields = JSON.parse(body) as {
      cluster: string;
      request_id: string;
      ip: string;
      prompt_length?: number;
    };
    const id = fields.request_id;
    if (method === 'POST') this.#record(id + suffix, fields.cluster, fields.ip, fields.prompt_length ?? 0);
    else if (pathname === '/v1/load/prompt') this.#release(id);
    else this.#remove(id);
    return null;
  }

  #record(id: string, cluster: string, ip: string, promptLength: number): void {
    if (this.#queued.has(id) || this.#removed.has(id)) return;
    const rows = this.#clusters.get(cluster) ?? new Map<string, FakeRow>();
    this.#clusters.set(cluster, rows);
    const row = rows.get(ip) ?? {
      ip,
      queued_req_num: 0,
      prefill_req_num: 0,
      prompt_length: 0,
      updated_time: 1,
    };
    rows.set(ip, row);
    row.queued_req_num++;
    this.#queued.set(id, { row, promptLength });
    if (this.#released.has(id)) return;
    row.prefill_req_num++;
    row.prompt_length += promptLength;
    this.#prefilling.add(id);
  }

  #release(id: string): void {
    this.#released.add(id);
    const request = this.#queued.get(id);
    if (request === undefined || !this.#prefilling.delete(id)) return;
    request.row.prefill_req_num--;
    request.row.prompt_length -= request.promptLength;
  }

  #remove(id: string): void {
    this.#release(id);
    this.#removed.add(id);
    const request = this.#queued.get(id);
    if (request === undefined) return;
    request.row.queued_req_num--;
    this.#queued.delete(id);
  }
}
