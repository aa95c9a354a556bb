import {
  type BatchAnswer,
  type DigestAnswer,
  type DigestRequest,
  type GoCall,
  type OutgoingBatch,
  PeerClient,
  PeerError,
  type SnapshotRequest,
  type SnapshotStream,
  type SnapshotSelection,
  WireError,
  batchText,
  readChunk,
  readSnapshotHeader,
} from '#replication';
import type { Caller, SimulatedNetwork } from './simulated-network.js';
import { SimulatedStream } from './simulated-stream.js';
import type { SimulatedTime } from './simulated-time.js';

/** As the HTTP client has it. */
const timeoutMs = 1_000;

/** What a replica serves to other replicas. */
export interface PeerServer {
  /** @returns `unknown-call` where it does not speak batches */
  receiveBatch(body: unknown): Promise<BatchAnswer> | 'unknown-call';
  serveSnapshot(selection: SnapshotSelection): AsyncIterable<string> | 'not-ready' | 'busy';
  takeDigest(request: DigestRequest): Promise<DigestAnswer> | 'not-ready';
  /** @returns whether it took the call */
  receiveGoCall(type: string, body: unknown): boolean;
}

/** The transport in memory. All that a peer is told goes through the text that it would have on a wire. */
export class SimulatedPeerClient extends PeerClient {
  constructor(
    private readonly network: SimulatedNetwork<PeerServer>,
    private readonly time: SimulatedTime,
    private readonly self: Caller,
  ) {
    super();
  }

  override sendBatch(peer: string, batch: OutgoingBatch): Promise<BatchAnswer | 'unknown-call'> {
    const text = batchText(batch, this.self.process.clock.nowMs());
    return this.network.call(this.self, peer, timeoutMs, async ({ server }) =>
      overWire(await server.receiveBatch(JSON.parse(text))),
    );
  }

  override async fetchSnapshot(
    peer: string,
    { buckets, ...rest }: SnapshotRequest,
  ): Promise<SnapshotStream | 'not-ready'> {
    const selection = { buckets: buckets && new Set(buckets), ...rest };
    const stream = await this.network.call(this.self, peer, timeoutMs, (donor) => {
      const lines = donor.server.serveSnapshot(selection);
      if (typeof lines === 'string') return lines;
      const route = { network: this.network, time: this.time, reader: this.self, donorAddress: peer };
      return new SimulatedStream(route, donor, lines[Symbol.asyncIterator]());
    });
    if (stream === 'not-ready') return stream;
    if (stream === 'busy') throw new PeerError(`${peer} gives as many snapshots as it can`);
    try {
      return { header: readSnapshotHeader(parsed(await stream.read())), chunks: chunksOf(stream) };
    } catch (error) {
      stream.close();
      throw error;
    }
  }

  override fetchDigest(peer: string, request: DigestRequest): Promise<DigestAnswer | 'not-ready'> {
    return this.network.call(this.self, peer, timeoutMs, async ({ server }) =>
      overWire(await server.takeDigest(request)),
    );
  }

  override sendGoCall(peer: string, { type, body }: GoCall): Promise<boolean> {
    return this.network.call(this.self, peer, timeoutMs, ({ server }) => {
      try {
        return server.receiveGoCall(type, JSON.parse(body));
      } catch (error) {
        if (error instanceof WireError) return false;
        throw error;
      }
    });
  }

  override forget(): void {}
}

async function* chunksOf(stream: SimulatedStream<PeerServer>): SnapshotStream['chunks'] {
  try {
    for (;;) {
      const chunk = readChunk(parsed(await stream.read()));
      if (chunk === 'end') return;
      yield chunk;
    }
  } finally {
    stream.close();
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new WireError(`a line of the snapshot must be JSON: ${(error as Error).message}`);
  }
}

function overWire<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}
