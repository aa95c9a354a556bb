import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WireEvent } from './replica-calls.js';

/** A batch as a replica sends it. */
export interface SentBatch {
  readonly v: number;
  readonly origin: string;
  readonly epoch: string;
  readonly first: number;
  readonly oldest: number;
  readonly events: readonly WireEvent[];
}

/**
 * The other side of the wire, without any code of the service: a peer that takes all batches, and gives its snapshot
 * and its hints when the test says so.
 */
export class FakePeer implements AsyncDisposable {
  readonly epoch = 'fedcba9876543210';
  readonly batches: SentBatch[] = [];
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #snapshotAsked = Promise.withResolvers<ServerResponse>();
  readonly #hintsAsked = Promise.withResolvers<ServerResponse>();

  static async start(): Promise<FakePeer> {
    const peer = new FakePeer();
    peer.#server.listen(0, '127.0.0.1');
    await once(peer.#server, 'listening');
    return peer;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The first call for a snapshot, which is left without an answer. */
  get snapshotAsked(): Promise<ServerResponse> {
    return this.#snapshotAsked.promise;
  }

  /** Gives the snapshot that was asked for. */
  async giveSnapshot(cursors: Record<string, number>, events: readonly object[]): Promise<void> {
    const lines = [{ v: 1, epoch: this.epoch, cursors }, { events }, { end: true }];
    const response = await this.snapshotAsked;
    response.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }

  /** The first call for hints, which is left without an answer. */
  get hintsAsked(): Promise<ServerResponse> {
    return this.#hintsAsked.promise;
  }

  /** Gives a line of the hints that were asked for; the first of all is `header`. */
  async giveHints(line: object): Promise<void> {
    (await this.hintsAsked).write(`${JSON.stringify(line)}\n`);
  }

  get header(): object {
    return { v: 1, epoch: this.epoch, cursors: {} };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url!.startsWith('/v1/replica/snapshot')) {
      const asked = request.url!.includes('hints=true') ? this.#hintsAsked : this.#snapshotAsked;
      asked.resolve(response);
      return;
    }
    const chunks: Buffer[] = await request.toArray();
    // No stream either: it takes batches as calls.
    if (request.url !== '/v1/replica/events' || request.method !== 'POST') {
      response.writeHead(503).end('{}');
      return;
    }
    const batch = JSON.parse(Buffer.concat(chunks).toString()) as SentBatch;
    this.batches.push(batch);
    const applied = batch.first + batch.events.length - 1;
    const data = { epoch: this.epoch, state: 'ready', outcome: 'applied', applied };
    response.end(JSON.stringify({ status: 'OK', error: null, data, trace_id: 't' }));
  }
}
