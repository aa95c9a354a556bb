import type { RequestRecord } from '#load';
import type { GoCall } from '#replication';
import type { SimulatedProcess } from '#testing';
import type { ClientAnswer, ClientCall } from './client-calls.js';
import type { World } from './world.js';

const timeoutMs = 1_000;

interface GoBody {
  readonly request_id: string;
  readonly cluster: string;
  readonly ip: string;
  readonly prompt_length?: number;
  readonly timestamp?: number;
}

/**
 * The Go service: a table of its own, one event a call to every peer, one retry, and then it forgets. It knows neither
 * order nor gaps nor snapshots.
 */
export class SimulatedGoReplica {
  readonly process: SimulatedProcess;
  readonly #requests = new Map<string, RequestRecord>();

  constructor(
    private readonly world: World,
    readonly address: string,
  ) {
    this.process = world.process(`go ${address}`);
    world.network.attach(address, {
      process: this.process,
      server: {
        receiveBatch: () => 'unknown-call',
        serveSnapshot: () => 'not-ready',
        takeDigest: () => 'not-ready',
        receiveGoCall: (type, body) => this.#receiveGoCall(type, body as GoBody),
        receiveClientCall: (call) => this.#receiveClientCall(call),
      },
    });
  }

  #receiveGoCall(
    type: string,
    { request_id: id, cluster, ip, prompt_length = 0, timestamp = 0 }: GoBody,
  ): boolean {
    if (type === 'load.stats.set')
      this.#requests.set(id, { cluster, ip, promptLength: prompt_length, timestampNs: BigInt(timestamp) });
    else if (type === 'load.stats.delete') this.#requests.delete(id);
    return true;
  }

  #receiveClientCall(call: ClientCall): ClientAnswer {
    this.world.tell(`go ${this.address}`, () => `client: ${call.type} ${call.id}`);
    const goCall = goCallOf(call);
    this.#receiveGoCall(goCall.type, JSON.parse(goCall.body) as GoBody);
    this.world.onTaken(call);
    for (const peer of this.world.addresses) {
      if (peer !== this.address) void this.#tell(peer, goCall);
    }
    return 'taken';
  }

  async #tell(peer: string, { type, body }: GoCall): Promise<void> {
    for (let tries = 0; tries < 2; tries++) {
      try {
        await this.world.network.call(this, peer, timeoutMs, ({ server }) =>
          server.receiveGoCall(type, JSON.parse(body)),
        );
        return;
      } catch {
        // Once more, and then it is forgotten.
      }
    }
  }
}

function goCallOf(call: ClientCall): GoCall {
  const key = call.id;
  const reference = JSON.stringify({ request_id: call.id, cluster: '', ip: '' });
  if (call.type === 'release') return { type: 'load.prompt.delete', body: reference, key };
  if (call.type === 'remove') return { type: 'load.stats.delete', body: reference, key };
  const { cluster, ip, promptLength, timestampNs } = call.record;
  const body = { request_id: key, cluster, ip, prompt_length: promptLength, timestamp: Number(timestampNs) };
  return { type: 'load.stats.set', body: JSON.stringify(body), key };
}
