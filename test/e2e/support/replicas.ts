import { vi } from 'vitest';
import { CacheCalls } from './cache-calls.js';
import { freePort } from './free-port.js';
import { LoadCalls } from './load-calls.js';
import { ReplicaCalls, type Status } from './replica-calls.js';
import { type ListeningReplica, beginReplica } from './replica.js';

const patienceMs = 5_000;

/** Replicas in this process that may know each other; what still runs when they go out of scope is closed. */
export class Replicas implements AsyncDisposable {
  readonly #running = new Set<Member>();

  /** Starts a replica on a free port of 127.0.0.1, and waits until it serves. */
  async start(environment: Record<string, string> = {}): Promise<Member> {
    const member = await this.begin(environment);
    await member.ready;
    return member;
  }

  /** Starts a replica, and does not wait for it to learn what others know. */
  async begin(environment: Record<string, string> = {}): Promise<Member> {
    const member = new Member(await beginReplica(environment), () => this.#running.delete(member));
    this.#running.add(member);
    return member;
  }

  /** Starts replicas at the same port of these hosts, each of which lists all. */
  async startMesh(...hosts: readonly string[]): Promise<Member[]> {
    const port = await freePort(...hosts);
    const peers = hosts.map((host) => `${host}:${port}`).join(',');
    const members = await Promise.all(
      hosts.map((host) =>
        this.start({
          METADATA_CENTER_HTTP_HOST: host,
          METADATA_CENTER_HTTP_PORT: String(port),
          METADATA_CENTER_STATIC_PEERS: peers,
        }),
      ),
    );
    await eventually(async () => {
      for (const member of members) {
        const { peers: seen } = await member.calls.status();
        const states = seen.map(({ state }) => state).filter((state) => state !== 'itself');
        if (states.length !== hosts.length - 1 || states.some((state) => state !== 'in_sync'))
          throw new Error(`${member.address} sees ${states.join(', ')}`);
      }
    });
    return members;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(Array.from(this.#running, (member) => member.close()));
  }
}

/** One of several replicas. */
export class Member {
  readonly calls: ReplicaCalls;
  readonly load: LoadCalls;
  readonly cache: CacheCalls;
  readonly ready: Promise<void>;

  constructor(
    readonly running: ListeningReplica,
    private readonly onClose: () => void,
  ) {
    this.calls = new ReplicaCalls(running.url);
    this.load = new LoadCalls(running.url);
    this.cache = new CacheCalls(running.url);
    this.ready = running.ready;
  }

  /** Where others reach it, host:port. */
  get address(): string {
    return new URL(this.running.url).host;
  }

  /** How this replica sees another, once it does. */
  async seesAs(other: Member): Promise<Status['peers'][number] | undefined> {
    return (await this.calls.status()).peers.find(({ address }) => address === other.address);
  }

  async close(): Promise<void> {
    this.onClose();
    await this.running.close();
  }
}

/** Waits until an assertion holds. */
export function eventually(assertion: () => Promise<void>): Promise<void> {
  return vi.waitFor(assertion, { timeout: patienceMs, interval: 5 });
}
