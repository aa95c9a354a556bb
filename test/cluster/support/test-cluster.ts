import { fileURLToPath } from 'node:url';
import { NameServer } from '#name-server';
import { ClusterReplica } from './cluster-replica.js';
import { LinkFaults } from './link-faults.js';
import { Loopback } from './loopback.js';
import { ReplicaProxy } from './replica-proxy.js';
import { until } from './until.js';

const name = 'replicas.metadata-center.test';
const firstProxy = 100;
const bindOutgoing = fileURLToPath(new URL('bind-outgoing.mjs', import.meta.url));

/** What a cluster is made of. */
export interface ClusterOptions {
  readonly replicas: number;
  /**
   * Replicas reach each other through proxies. Each one stands before one replica at the address that this replica
   * tells others (`POD_IP`) and that DNS lists, so greetings lead to the proxies, too; and it knows each caller by its
   * address, since the replicas' outgoing connections are bound to theirs.
   */
  readonly isProxied?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Replicas as processes of their own, on loopback addresses that no other test has, on one port, found by DNS.
 * Clients reach them directly.
 */
export class TestCluster implements AsyncDisposable {
  readonly replicas: ClusterReplica[] = [];
  readonly faults = new LinkFaults();
  readonly #resources = new AsyncDisposableStack();

  private constructor(
    private readonly options: ClusterOptions,
    private readonly loopback: Loopback,
    private readonly nameServer: NameServer,
  ) {
    this.#resources.defer(() => nameServer.close());
  }

  /** Starts all replicas, and waits until they are ready and know each other. */
  static async start(options: ClusterOptions): Promise<TestCluster> {
    const cluster = new TestCluster(options, await Loopback.find(), await NameServer.start());
    try {
      for (let place = 0; place < options.replicas; place++) await cluster.addPlace();
      await Promise.all(cluster.replicas.map((replica) => replica.start()));
      await cluster.untilInSync();
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Of all replicas, in the order in which gateways have them. */
  get urls(): readonly string[] {
    return this.replicas.map(({ url }) => url).sort();
  }

  get hosts(): readonly string[] {
    return this.replicas.map(({ host }) => host);
  }

  /** A place for one more replica, which DNS lists from now on. It is not started. */
  async addPlace(): Promise<ClusterReplica> {
    const number = this.replicas.length + 1;
    const { isProxied = false, environment } = this.options;
    const { port } = this.loopback;
    const host = this.loopback.host(number);
    const shownHost = isProxied ? this.loopback.host(firstProxy + number) : host;
    if (isProxied) {
      const options = { host: shownHost, target: host, port, faults: this.faults };
      this.#resources.use(await ReplicaProxy.start(options));
    }
    const { address } = this.nameServer;
    const replica = new ClusterReplica(host, port, {
      METADATA_CENTER_HTTP_HOST: host,
      METADATA_CENTER_HTTP_PORT: String(port),
      METADATA_CENTER_DNS_SERVERS: `${address.host}:${address.port}`,
      META_DATA_CENTER_SVC_DISC_HOST: name,
      ...(isProxied ? { POD_IP: shownHost, NODE_OPTIONS: `--import=${bindOutgoing}` } : {}),
      ...environment,
    });
    this.#resources.use(replica);
    this.replicas.push(replica);
    const places = this.replicas.map((_, index) => (isProxied ? firstProxy : 0) + index + 1);
    this.nameServer.setAddresses(
      name,
      places.map((place) => this.loopback.host(place)),
    );
    return replica;
  }

  /** Waits until every replica says that it is ready and all others have its events. */
  untilInSync(): Promise<void> {
    return until('all replicas are in sync', async () => {
      const statuses = await Promise.all(this.replicas.map((replica) => replica.status()));
      return statuses.every(
        ({ state, peers }) =>
          state === 'ready' &&
          peers.filter((peer) => peer.state === 'in_sync').length === this.replicas.length - 1,
      );
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}
