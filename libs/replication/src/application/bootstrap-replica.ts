import type { CloseGap } from './close-gap.js';
import type { FollowDirectory } from './follow-directory.js';
import type { LoadSnapshot, SnapshotOutcome } from './load-snapshot.js';
import type { Mesh } from './mesh.js';
import { nextDonor } from './next-donor.js';
import type { Clock } from './ports/clock.js';
import type { Random } from './ports/random.js';
import type { Timers } from './ports/timers.js';

/** The first round: long enough for every peer to answer or to time out. */
const firstRoundMs = 3_000;
/** After the snapshot, origins send what came since it was begun; they are asked every 100 ms. */
const catchUpMs = 1_000;
const lookMs = 10;
/** After a snapshot that failed, of whichever donor. */
const retryMs = 250;

/**
 * How a start ended. `alone`: nobody is known; `loaded`: a peer's snapshot is in; `nobody-ready`: there are peers, but
 * none had a picture to give; `directory-silent`: the directory could not tell; `timed-out`: it took too long, and goes
 * on behind a replica that serves what it has.
 */
export type BootstrapOutcome = 'alone' | 'loaded' | 'nobody-ready' | 'directory-silent' | 'timed-out';

/** A replica that starts learns what the others know before it answers clients. Live batches are merged meanwhile. */
export class BootstrapReplica {
  constructor(
    private readonly followDirectory: FollowDirectory,
    private readonly mesh: Mesh,
    private readonly loadSnapshot: LoadSnapshot,
    private readonly closeGap: CloseGap,
    private readonly clock: Clock,
    private readonly timers: Timers,
    private readonly random: Random,
    private readonly timeoutMs: number,
  ) {}

  execute(): Promise<BootstrapOutcome> {
    const timeout = this.timers.sleep(this.timeoutMs).then((): BootstrapOutcome => 'timed-out');
    return Promise.race([this.#load(), timeout]);
  }

  async #load(): Promise<BootstrapOutcome> {
    const startedMs = this.clock.nowMs();
    const roundEndsMs = startedMs + firstRoundMs;
    await this.#until(roundEndsMs, () => this.followDirectory.hasAnswer);
    if (this.#feeds.length === 0) return this.followDirectory.hasAnswer ? 'alone' : 'directory-silent';
    const outcome = await this.#loadFromAnyone(roundEndsMs, startedMs + this.timeoutMs);
    if (outcome === 'loaded')
      await this.#until(this.clock.nowMs() + catchUpMs, () => !this.closeGap.hasOpenGaps);
    return outcome;
  }

  /** One round after the other while somebody has a picture to give: a connection was cut, or too many asked at once. */
  async #loadFromAnyone(roundEndsMs: number, endsMs: number): Promise<'loaded' | 'nobody-ready'> {
    let hasFailed = false;
    for (;;) {
      const outcome = await this.#tryEach(roundEndsMs);
      if (outcome === 'loaded') return 'loaded';
      hasFailed ||= outcome === 'failed';
      const nowMs = this.clock.nowMs();
      const hasHope = this.mesh.readyPeers().length > 0 || nowMs < roundEndsMs;
      if (!hasFailed || !hasHope || nowMs >= endsMs) return 'nobody-ready';
      await this.timers.sleep(retryMs);
    }
  }

  /**
   * One round: asks every peer that is ready, or gets ready in the first round's time, until one has given its snapshot.
   *
   * @returns `loaded`; else `failed` where any of them failed
   */
  async #tryEach(roundEndsMs: number): Promise<SnapshotOutcome> {
    const tried = new Set<string>();
    let worst: SnapshotOutcome = 'not-ready';
    for (;;) {
      await this.#until(
        roundEndsMs,
        () => nextDonor(this.mesh, this.random, tried) !== undefined || this.#isRoundOver,
      );
      const donor = nextDonor(this.mesh, this.random, tried);
      if (donor === undefined) return worst;
      tried.add(donor);
      const outcome = await this.loadSnapshot.execute(donor);
      if (outcome === 'loaded') return outcome;
      if (outcome === 'failed') worst = outcome;
    }
  }

  get #feeds() {
    return [...this.mesh.peers()].map(({ feed }) => feed);
  }

  /** Every peer has answered or failed to. */
  get #isRoundOver(): boolean {
    return this.#feeds.every((feed) => feed.isSettled);
  }

  async #until(deadlineMs: number, isMet: () => boolean): Promise<void> {
    while (!isMet() && this.clock.nowMs() < deadlineMs) await this.timers.sleep(lookMs);
  }
}
