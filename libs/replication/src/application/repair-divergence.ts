import type { ReplicationTotals } from '../domain/replication-totals.js';
import { StateDigest } from '../domain/state-digest.js';
import type { ThisReplica } from '../domain/this-replica.js';
import type { LoadSnapshot } from './load-snapshot.js';
import type { Mesh } from './mesh.js';
import type { Journal } from './ports/journal.js';
import { type PeerClient, PeerError } from './ports/peer-client.js';
import type { Random } from './ports/random.js';
import type { Timers } from './ports/timers.js';
import type { TakeDigest, TakenDigest } from './take-digest.js';

const intervalMs = 5_000;
/** What differs only since one of the two heard a moment earlier is the same by then. */
const secondLookMs = 300;

/**
 * Finds and mends what events could not: every replica compares itself with every other, and fetches the buckets
 * that differ twice. Both sides do so, so what either lacks it gets; an origin that crashed half way through its
 * fan-out is repaired this way, by those that heard it.
 */
export class RepairDivergence {
  #isRunning = false;
  #isWanted = false;
  #cancel = (): void => {};

  constructor(
    private readonly self: ThisReplica,
    private readonly mesh: Mesh,
    private readonly client: PeerClient,
    private readonly takeDigest: TakeDigest,
    private readonly loadSnapshot: LoadSnapshot,
    private readonly totals: ReplicationTotals,
    private readonly timers: Timers,
    private readonly random: Random,
    private readonly journal: Journal,
  ) {}

  /** Begins the rounds, at a random point of the interval. A process that is new may have died half way through its fan-out. */
  start(): void {
    this.mesh.onOtherProcess(() => this.#hurry());
    this.#cancel = this.timers.after(this.random.next() * intervalMs, () => void this.#runRound());
  }

  stop(): void {
    this.#cancel();
    this.#cancel = () => {};
    this.#isWanted = false;
  }

  /** Compares with all peers as soon as it can, for there is a reason to think that they differ. */
  #hurry(): void {
    if (this.#isRunning) {
      this.#isWanted = true;
      return;
    }
    this.#cancel();
    this.#cancel = this.timers.after(0, () => void this.#runRound());
  }

  async #runRound(): Promise<void> {
    this.#isRunning = true;
    this.#isWanted = false;
    const peers = this.self.phase === 'ready' ? this.mesh.readyPeers() : [];
    if (peers.length > 0) {
      this.totals.repairRounds++;
      const own = await this.takeDigest.execute();
      await Promise.all(peers.map((peer) => this.#repairWith(peer, own)));
    }
    this.#isRunning = false;
    if (this.self.phase === 'draining') return;
    this.#cancel = this.timers.after(this.#isWanted ? secondLookMs : intervalMs, () => void this.#runRound());
  }

  async #repairWith(peer: string, own: TakenDigest): Promise<void> {
    try {
      const suspects = new Set((await this.#compare(peer, own)).buckets);
      if (suspects.size === 0) return;
      await this.timers.sleep(secondLookMs);
      const second = await this.#compare(peer, await this.takeDigest.execute());
      const buckets = second.buckets.filter((bucket) => suspects.has(bucket));
      if (buckets.length === 0) return;
      this.totals.bucketsDiverged += buckets.length;
      const states = await this.loadSnapshot.part(peer, { buckets, youngerThanMs: second.youngerThanMs });
      this.totals.statesRepaired += states;
      if (states > 0) this.journal.tell({ type: 'repaired', peer, buckets: buckets.length, states });
    } catch (error) {
      this.journal.tell({ type: 'repair-failed', peer, reason: (error as Error).message });
    }
  }

  /** @returns the buckets that differ, over what neither of the two has begun to forget */
  async #compare(
    peer: string,
    own: TakenDigest,
  ): Promise<{ readonly buckets: readonly number[]; readonly youngerThanMs: number }> {
    const answer = await this.client.fetchDigest(peer, own.youngerThanMs);
    if (answer === 'not-ready') return { buckets: [], youngerThanMs: own.youngerThanMs };
    const { youngerThanMs } = answer;
    const digest = StateDigest.fromText(answer.digest);
    if (digest === undefined) throw new PeerError('the digest is not 4096 hex digits');
    const comparable = youngerThanMs < own.youngerThanMs ? await this.takeDigest.execute(youngerThanMs) : own;
    return { buckets: comparable.digest.differencesTo(digest), youngerThanMs };
  }
}
