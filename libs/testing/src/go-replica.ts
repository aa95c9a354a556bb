import { randomUUID } from 'node:crypto';
import {
  Agent,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  createServer,
  request,
} from 'node:http';
import { type AddressInfo, isIPv4 } from 'node:net';
import { type GoBody, parsedByGo, recordText, referenceText } from './go-body.js';
import { GoLoad } from './go-load.js';

/** An event that came over the replica wire, as it was sent. */
export interface GoEvent {
  readonly type: string | undefined;
  readonly body: string;
}

/** What a call is answered with: data, or why it was refused. */
type Outcome = { readonly data: unknown } | { readonly refused: string } | 'no-such-page';

const eventTypes = ['load.stats.set', 'load.stats.delete', 'load.prompt.delete'] as const;
type EventType = (typeof eventTypes)[number];
const eventPath = '/v1/replica/event';
/** The first and one more. */
const attempts = 2;
const answerTimeoutMs = 1_000;
const idleTimeoutMs = 300_000;

/**
 * A replica of the Go service (aigw-project/metadata-center) as others see it: its API for load, its replica wire and
 * its habits. It tells its peers of every call of a client at once and side by side, tries twice, and then forgets.
 * It keeps neither logs nor metrics.
 */
export class GoReplica {
  readonly #load = new GoLoad();
  readonly #agent = new Agent({ keepAlive: true });
  readonly #server: Server;
  #peers: readonly string[] = [];
  #underWay = 0;
  /** Events that came over the wire, in their order. */
  readonly received: GoEvent[] = [];
  /** Events that a peer has not taken in any attempt. */
  lost = 0;

  private constructor() {
    this.#server = createServer(
      { keepAliveTimeout: idleTimeoutMs },
      (incoming, answer) => void this.#serve(incoming, answer),
    );
  }

  /** @param port 0 for one that is free */
  static async start(host = '127.0.0.1', port = 0): Promise<GoReplica> {
    const replica = new GoReplica();
    await new Promise<void>((resolve, reject) => {
      replica.#server.once('error', reject);
      replica.#server.listen(port, host, resolve);
    });
    return replica;
  }

  /** `host:port` */
  get address(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `${address}:${port}`;
  }

  get url(): string {
    return `http://${this.address}`;
  }

  /** Requests that count. */
  get requests(): number {
    return this.#load.size;
  }

  /** Events that are on their way to peers. */
  get eventsUnderWay(): number {
    return this.#underWay;
  }

  /** @param addresses `host:port` of all replicas that are to hear of its calls, itself left out */
  setPeers(addresses: readonly string[]): void {
    this.#peers = addresses;
  }

  /** Ends at once, as a kill does. */
  async close(): Promise<void> {
    this.#load.stop();
    this.#agent.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #serve(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    try {
      const traceId = headerOf(incoming, 'traceid') ?? randomUUID();
      reply(answer, this.#outcomeOf(incoming, await bodyOf(incoming), traceId), traceId);
    } catch {
      // The client has gone.
      answer.destroy();
    }
  }

  #outcomeOf(incoming: IncomingMessage, body: string, traceId: string): Outcome {
    const { pathname, searchParams } = new URL(incoming.url!, this.url);
    switch (`${incoming.method} ${pathname}`) {
      case 'GET /v1/load/stats':
        return this.#query(searchParams.get('cluster') ?? '');
      case 'POST /v1/load/stats':
        return this.#takeCall('load.stats.set', body, traceId);
      case 'DELETE /v1/load/stats':
        return this.#takeCall('load.stats.delete', body, traceId);
      case 'DELETE /v1/load/prompt':
        return this.#takeCall('load.prompt.delete', body, traceId);
      case `POST ${eventPath}`:
        return this.#takeEvent(headerOf(incoming, 'event-type'), body);
      default:
        return 'no-such-page';
    }
  }

  #query(cluster: string): Outcome {
    if (cluster === '') return { refused: 'Parse request query failed' };
    return { data: this.#load.enginesOf(cluster) };
  }

  /** A client's call: checked, applied, and told to the peers. */
  #takeCall(type: EventType, text: string, traceId: string): Outcome {
    const body = parsedByGo(text);
    const isComplete = body !== undefined && body.request_id !== '' && body.prompt_length >= 0;
    const isRecord = type === 'load.stats.set';
    if (!isComplete || (isRecord && (body.cluster === '' || !isIPv4(body.ip))))
      return { refused: 'Parse request json failed' };
    this.#apply(type, body);
    const event = isRecord ? recordText(body) : referenceText(body);
    for (const peer of this.#peers) void this.#tell(peer, type, event, traceId);
    return { data: null };
  }

  /** A replica's event: applied unchecked, and told to nobody. */
  #takeEvent(type: string | undefined, text: string): Outcome {
    this.received.push({ type, body: text });
    if (type === undefined) return { refused: 'missing Event-Type header' };
    if (!isEventType(type)) return { refused: 'Unsupported event type' };
    const body = parsedByGo(text);
    if (body === undefined) return { refused: 'handler execute error' };
    this.#apply(type, body);
    return { data: null };
  }

  #apply(type: EventType, { cluster, request_id, ip, prompt_length }: GoBody): void {
    if (type === 'load.stats.delete') this.#load.delete(request_id);
    else if (type === 'load.prompt.delete') this.#load.deletePrompt(request_id);
    else this.#load.add({ cluster, requestId: request_id, ip, promptLength: prompt_length });
  }

  async #tell(peer: string, type: EventType, body: string, traceId: string): Promise<void> {
    this.#underWay++;
    let isTaken = false;
    for (let attempt = 0; attempt < attempts && !isTaken; attempt++) {
      isTaken = await this.#send(peer, type, body, traceId);
    }
    if (!isTaken) this.lost++;
    this.#underWay--;
  }

  #send(peer: string, type: EventType, body: string, traceId: string): Promise<boolean> {
    const headers = { 'Content-Type': 'application/json', TraceId: traceId, 'Event-Type': type };
    return new Promise((resolve) => {
      const outgoing = request(
        `http://${peer}${eventPath}`,
        { method: 'POST', agent: this.#agent, headers, signal: AbortSignal.timeout(answerTimeoutMs) },
        (incoming) => {
          incoming.resume();
          incoming.on('error', () => resolve(false));
          incoming.on('end', () => resolve(incoming.statusCode === 200));
        },
      );
      outgoing.on('error', () => resolve(false));
      outgoing.end(body);
    });
  }
}

function isEventType(type: string): type is EventType {
  return (eventTypes as readonly string[]).includes(type);
}

function headerOf(incoming: IncomingMessage, name: string): string | undefined {
  const value = incoming.headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function reply(answer: ServerResponse, outcome: Outcome, traceId: string): void {
  if (outcome === 'no-such-page') {
    answer.writeHead(404, { 'Content-Type': 'text/plain' }).end('404 page not found');
    return;
  }
  const isRefused = 'refused' in outcome;
  const error = isRefused
    ? { code: 40001400, message: 'Invalid input parameters', reason: outcome.refused }
    : null;
  const envelope = {
    status: isRefused ? 'ERROR' : 'OK',
    error,
    data: isRefused ? null : outcome.data,
    trace_id: traceId,
  };
  answer
    .writeHead(isRefused ? 400 : 200, { 'Content-Type': 'application/json; charset=utf-8' })
    .end(JSON.stringify(envelope));
}
