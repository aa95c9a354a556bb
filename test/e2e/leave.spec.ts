import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LoadCalls } from './support/load-calls.js';
import { type RunningReplica, startReplica } from './support/replica.js';

interface Batch {
  readonly first: number;
  readonly events: readonly unknown[];
}

/** A replica that takes its time over batches with events, until it is told to answer. */
class SlowPeer {
  applied = 0;
  cutOff = 0;
  readonly #server: Server = createServer((call, answer) => void this.#take(call, answer));
  readonly #mayAnswer = Promise.withResolvers<void>();
  readonly #isAsked = Promise.withResolvers<void>();

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The first batch with events has come. */
  get isAsked(): Promise<void> {
    return this.#isAsked.promise;
  }

  answer(): void {
    this.#mayAnswer.resolve();
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #take(call: IncomingMessage, answer: ServerResponse): Promise<void> {
    if (call.method !== 'POST') {
      answer.writeHead(404).end('{}');
      return;
    }
    const { first, events } = JSON.parse(await text(call)) as Batch;
    answer.on('close', () => {
      if (!answer.writableFinished) this.cutOff++;
    });
    if (events.length > 0) {
      this.#isAsked.resolve();
      await this.#mayAnswer.promise;
      this.applied = Math.max(this.applied, first + events.length - 1);
    }
    const data = { epoch: 'aaaaaaaaaaaaaaaa', state: 'starting', outcome: 'applied', applied: this.applied };
    answer.end(JSON.stringify({ status: 'OK', error: null, data, trace_id: 't' }));
  }
}

describe('a replica that ends', () => {
  let peer: SlowPeer;
  let replica: RunningReplica;

  beforeEach(async () => {
    peer = new SlowPeer();
    replica = await startReplica({ METADATA_CENTER_STATIC_PEERS: await peer.listen() });
  });
  afterEach(() => peer.close());

  it('finishes the batch that is under way, and sends what came after it', async () => {
    const load = new LoadCalls(replica.url);
    await load.record({ request_id: 'a' });
    await peer.isAsked;
    await load.record({ request_id: 'b' });
    await load.record({ request_id: 'c' });
    const closed = replica.close();
    // Its HTTP server is gone before it leaves the others.
    await expect.poll(() => load.query('c').catch(() => 'gone')).toBe('gone');
    peer.answer();
    await closed;
    expect(peer.applied).toBe(3);
    expect(peer.cutOff).toBe(0);
  });
});
