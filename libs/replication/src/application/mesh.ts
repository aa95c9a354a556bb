import { addressText, peerAddressOf, type PeerAddress } from '../domain/peer-address.js';
import { type FeedParts, type Identity, PeerFeed } from './peer-feed.js';

/** Every replica feeds every other; far fewer than this make sense. */
const maxPeers = 256;
/** A peer that the directory does not list stays as long as it is heard of. */
const silenceMs = 30_000;

interface Member {
  readonly feed: PeerFeed;
  source: 'directory' | 'greeting';
  lastHeardMs: number;
}

/** A peer as the status shows it. */
export interface MeshPeer {
  readonly feed: PeerFeed;
  readonly source: 'directory' | 'greeting';
}

/**
 * The other replicas: those that the directory lists, and those that send batches (a batch is a greeting, so that a
 * joiner is fed before the next look-up finds it).
 */
export class Mesh {
  readonly #members = new Map<string, Member>();
  #hasEverHadPeers = false;
  /** Somebody was turned away since there was room the last time. */
  #isFull = false;
  #isStopped = false;
  #onOtherProcess = (): void => {};

  constructor(private readonly parts: FeedParts) {}

  /** @param listener told when another process answers at a peer's address than before */
  onOtherProcess(listener: () => void): void {
    this.#onOtherProcess = listener;
  }

  /** Whether anybody may ever ask for this replica's events. */
  get hasEverHadPeers(): boolean {
    return this.#hasEverHadPeers;
  }

  peers(): Iterable<MeshPeer> {
    return this.#members.values();
  }

  has(address: string): boolean {
    return this.#members.has(address);
  }

  /** The addresses of peers that can give snapshots and digests. */
  readyPeers(): string[] {
    return [...this.#members.values()].filter(({ feed }) => feed.isReady).map(({ feed }) => feed.address);
  }

  /** The directory lists these peers, this replica left out. */
  discover(addresses: readonly PeerAddress[]): void {
    const listed = new Set(addresses.map(addressText));
    for (const [address, member] of this.#members) {
      member.source = listed.has(address) ? 'directory' : 'greeting';
    }
    for (const address of listed) this.#add(address, 'directory');
    this.#forgetSilent();
  }

  /** A replica at this address has sent a batch. */
  hear(origin: string): void {
    const address = this.#members.has(origin) ? origin : spelt(origin);
    if (address === undefined) return;
    const member = this.#members.get(address);
    if (member !== undefined) {
      member.lastHeardMs = this.parts.clock.nowMs();
      member.feed.hear();
    } else if (address !== this.parts.self.address) {
      this.#add(address, 'greeting');
    }
  }

  /** The log has news. */
  wake(): void {
    for (const { feed } of this.#members.values()) feed.wake();
  }

  /** The end is near: every peer gets its last chance now. */
  hurry(): void {
    for (const { feed } of this.#members.values()) feed.hurry();
  }

  /** Time has passed. */
  beat(): void {
    this.#forgetSilent();
    for (const { feed } of this.#members.values()) feed.beat();
  }

  /** Feeds nobody any more, whoever is found or greets. */
  stop(): void {
    this.#isStopped = true;
    for (const { feed } of this.#members.values()) feed.stop();
    this.#members.clear();
  }

  #add(address: string, source: Member['source']): void {
    if (this.#isStopped || this.#members.has(address)) return;
    if (this.#members.size < maxPeers) {
      this.#isFull = false;
    } else {
      const refused = source === 'directory' ? (this.#longestSilentGreeter() ?? address) : address;
      this.#refuse(refused);
      if (refused === address) return;
      this.#drop(refused);
    }
    const feed = new PeerFeed(address, this.parts, (asking, epoch) => this.#identify(asking, epoch));
    this.#members.set(address, { feed, source, lastHeardMs: this.parts.clock.nowMs() });
    this.#hasEverHadPeers = true;
    this.parts.journal.tell({ type: 'peer-found', peer: address, source });
    feed.wake();
  }

  /** Anybody may greet: who is listed comes first. */
  #longestSilentGreeter(): string | undefined {
    let found: string | undefined;
    let heardMs = Infinity;
    for (const [address, { source, lastHeardMs }] of this.#members) {
      if (source !== 'greeting' || lastHeardMs >= heardMs) continue;
      found = address;
      heardMs = lastHeardMs;
    }
    return found;
  }

  #drop(address: string): void {
    this.#members.get(address)?.feed.stop();
    this.#members.delete(address);
  }

  /** It may come again with every batch: operators hear of the first alone. */
  #refuse(address: string): void {
    this.parts.totals.peersRefused++;
    if (!this.#isFull) this.parts.journal.tell({ type: 'peer-refused', peer: address, maxPeers });
    this.#isFull = true;
  }

  #forgetSilent(): void {
    const silentSinceMs = this.parts.clock.nowMs() - silenceMs;
    for (const [address, { source, lastHeardMs }] of this.#members) {
      if (source === 'directory' || lastHeardMs > silentSinceMs) continue;
      this.#drop(address);
      this.#isFull = false;
      this.parts.journal.tell({ type: 'peer-gone', peer: address });
    }
  }

  /** One process may be listed under several addresses (IPv4 and IPv6, a name): it is fed at one of them. */
  #identify(asking: PeerFeed, epoch: string): Identity {
    if (epoch === this.parts.self.epoch) return 'itself';
    for (const { feed } of this.#members.values()) {
      if (feed !== asking && feed.epoch === epoch && feed.state !== 'unreachable') return 'duplicate';
    }
    if (asking.epoch !== epoch) this.#onOtherProcess();
    return 'peer';
  }
}

/** @returns the address as the mesh spells it; undefined for what is none */
function spelt(origin: string): string | undefined {
  const address = peerAddressOf(origin);
  return address === undefined ? undefined : addressText(address);
}
