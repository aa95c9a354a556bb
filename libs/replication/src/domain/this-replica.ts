/** Where a replica is in its life, as it tells others. Only `ready` ones give snapshots and digests. */
export type ReplicaPhase = 'starting' | 'ready' | 'draining';

/** Who this process is to other replicas. */
export class ThisReplica {
  #phase: ReplicaPhase = 'starting';
  #address = '';
  #isDegraded = false;
  /** It is learning the hints of another: what it has of them so far is not worth giving. */
  isRecallingHints = false;

  /** @param epoch random, of this process alone: 16 hex digits */
  constructor(readonly epoch: string) {}

  /** Where others reach it, `host:port`; empty before it listens. */
  get address(): string {
    return this.#address;
  }

  get phase(): ReplicaPhase {
    return this.#phase;
  }

  listensAt(address: string): void {
    this.#address = address;
  }

  /** It serves without having learnt all that others could tell. */
  get isDegraded(): boolean {
    return this.#isDegraded;
  }

  /** @param isDegraded it could not learn all that others know */
  becomeReady(isDegraded: boolean): void {
    if (this.#phase !== 'starting') return;
    this.#phase = 'ready';
    this.#isDegraded = isDegraded;
  }

  drain(): void {
    this.#phase = 'draining';
  }
}
