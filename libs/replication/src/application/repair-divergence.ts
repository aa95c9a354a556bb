import type { ReplicationTotals } from '../domain/replication-totals.js';
import { StateDigest } from '../domain/state-digest.js';
import type { ThisReplica } from '../domain/this-replica.js';
import type { LoadSnapshot } from './load-snapshot.js';
import type { Mesh } from './mesh.js';
import type { Clock } from './ports/clock.js';
import type { Journal } from './ports/journal.js';
import { type PeerClient, PeerError } from './ports/peer-client.js';
import type { Random } from './ports/random.js';
import type { Timers } from './ports/timers.js';
import type { TakeDigest, TakenDigest } from './take-digest.js';

const intervalMs = 5_000;
/** What differs only since one of the two heard a moment earlier is the same by the next look. */
const nextLookMs = 300;
/** Under load every look finds other buckets in which something is just under way: those that stay are few. */
const maxLooks = 5;
const wholeAgeMs = Number.MAX_SAFE_INTEGER;

/**
 * Finds and mends what events could not: every replica compares itself with every other, and fetches the buckets
 * that differ at every look, two or more. Both sides do so, so what either lacks it gets; an origin that crashed half way through its
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
    private readonly clock: Clock,
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
      const own = this.takeDigest.execute({ agoMs: 0, youngerThanMs: wholeAgeMs });
      await Promise.all(peers.map((peer) => this.#repairWith(peer, own)));
    }
    this.#isRunning = false;
    if (this.self.phase === 'draining') return;
    this.#cancel = this.timers.after(this.#isWanted ? nextLookMs : intervalMs, () => void this.#runRound());
  }

  async #repairWith(peer: string, own: Promise<TakenDigest>): Promise<void> {
    try {
      let { buckets, youngerThanMs } = await this.#compare(peer, await own);
      for (let looks = 1; buckets.length > 0; looks++) {
        await this.timers.sleep(nextLookMs);
        const next = await this.#lookAgain(peer);
        const stillDiffering = buckets.filter((bucket) => next.buckets.includes(bucket));
        const isSettled = stillDiffering.length === buckets.length || looks + 1 === maxLooks;
        ({ youngerThanMs } = next);
        buckets = stillDiffering;
        if (isSettled) break;
      }
      if (buckets.length > 0) await this.#fetch(peer, { buckets, youngerThanMs });
    } catch (error) {
      this.journal.tell({ type: 'repair-failed', peer, reason: (error as Error).message });
    }
  }

  async #lookAgain(peer: string): Promise<Difference> {
    return this.#compare(peer, await this.takeDigest.execute({ agoMs: 0, youngerThanMs: wholeAgeMs }));
  }

  async #fetch(peer: string, difference: Difference): Promise<void> {
    const { length: buckets } = difference.buckets;
    this.totals.bucketsDiverged += buckets;
    const states = await this.loadSnapshot.part(peer, difference);
    this.totals.statesRepaired += states;
    if (states > 0) this.journal.tell({ type: 'repaired', peer, buckets, states });
  }

  async #compare(peer: string, own: TakenDigest): Promise<Difference> {
    const { asOfMs } = own;
    const request = { agoMs: this.clock.nowMs() - asOfMs, youngerThanMs: own.youngerThanMs };
    const answer = await this.client.fetchDigest(peer, request);
    if (answer === 'not-ready') return { buckets: [], youngerThanMs: own.youngerThanMs };
    const digest = StateDigest.fromText(answer.digest);
    if (digest === undefined) throw new PeerError('the digest is not 4096 hex digits');
    const comparable = await this.#narrowed(own, answer.youngerThanMs);
    return { buckets: comparable.digest.differencesTo(digest), youngerThanMs: answer.youngerThanMs };
  }

  /** Where the peer has begun to forget what is younger, this replica leaves that out, too. */
  async #narrowed(own: TakenDigest, youngerThanMs: number): Promise<TakenDigest> {
    if (youngerThanMs >= own.youngerThanMs) return own;
    return this.takeDigest.execute({ agoMs: this.clock.nowMs() - own.asOfMs, youngerThanMs });
  }
}

/** Buckets that differ, over what neither of the two has begun to forget. */
interface Difference {
  readonly buckets: readonly number[];
  readonly youngerThanMs: number;
}
