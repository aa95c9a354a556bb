import { addressText, type PeerAddress } from '../domain/peer-address.js';
import type { ReplicationTotals } from '../domain/replication-totals.js';
import type { Mesh } from './mesh.js';
import type { Directory } from './ports/directory.js';
import type { Journal } from './ports/journal.js';
import type { Timers } from './ports/timers.js';

/** A start waits for the first answer, so it is asked for more often than the interval says. */
const firstRetryMs = 250;

/** What the last look-ups gave, for the status. */
export interface DirectoryView {
  /** All that the last answer listed, this replica included. */
  readonly hosts: readonly string[];
  readonly lastError: string | undefined;
}

/** Keeps the mesh as the directory says. A failed or empty look-up keeps the last known peers. */
export class FollowDirectory {
  #hosts: readonly string[] = [];
  #lastError: string | undefined;
  #hasAnswer = false;
  #isStopped = false;
  #cancel = (): void => {};

  constructor(
    private readonly directory: Directory,
    private readonly intervalMs: number,
    private readonly mesh: Mesh,
    private readonly totals: ReplicationTotals,
    private readonly timers: Timers,
    private readonly journal: Journal,
  ) {}

  get view(): DirectoryView {
    return { hosts: this.#hosts, lastError: this.#lastError };
  }

  /** Whether the directory has ever told anything, be it that there is nobody. */
  get hasAnswer(): boolean {
    return this.#hasAnswer;
  }

  /** @param isOwn tells this replica's own addresses */
  start(isOwn: (address: PeerAddress) => boolean): void {
    void this.#follow(isOwn);
  }

  /** Also what a look-up that is under way will say is not listened to. */
  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  async #follow(isOwn: (address: PeerAddress) => boolean): Promise<void> {
    await this.#lookUp(isOwn);
    if (this.#isStopped) return;
    const delayMs = this.#hasAnswer ? this.intervalMs : Math.min(firstRetryMs, this.intervalMs);
    this.#cancel = this.timers.after(delayMs, () => void this.#follow(isOwn));
  }

  async #lookUp(isOwn: (address: PeerAddress) => boolean): Promise<void> {
    try {
      const addresses = await this.directory.lookUp();
      if (this.#isStopped) return;
      this.#hasAnswer = true;
      if (this.#lastError !== undefined) this.journal.tell({ type: 'lookup-recovered' });
      this.#lastError = undefined;
      if (addresses.length === 0) return;
      this.#hosts = addresses.map(addressText);
      this.mesh.discover(addresses.filter((address) => !isOwn(address)));
    } catch (error) {
      if (this.#isStopped) return;
      const reason = (error as Error).message;
      this.totals.failedLookups++;
      if (this.#lastError === undefined) this.journal.tell({ type: 'lookup-failed', reason });
      this.#lastError = reason;
    }
  }
}
