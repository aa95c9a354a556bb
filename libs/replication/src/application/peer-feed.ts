import { Backoff } from '../domain/backoff.js';
import type { EventLog } from '../domain/event-log.js';
import { FeedPace } from '../domain/feed-pace.js';
import { type LogSection, PeerCursor } from '../domain/peer-cursor.js';
import type { ReplicationTotals } from '../domain/replication-totals.js';
import type { ReplicaPhase, ThisReplica } from '../domain/this-replica.js';
import { maxBatchEvents } from './batch-format.js';
import { GoDelivery } from './go-delivery.js';
import type { Clock } from './ports/clock.js';
import type { Journal } from './ports/journal.js';
import { type BatchAnswer, type PeerClient, PeerError } from './ports/peer-client.js';
import type { Random } from './ports/random.js';
import type { Timers } from './ports/timers.js';
import type { ReplicatedStates } from './replicated-states.js';

/** Of one batch; a quarter of its receiver's body limit. */
const batchLimits = { maxEvents: maxBatchEvents, maxBytes: 256 * 1024 };
/** An idle feed shows this often that it is there, and learns whether its peer is. */
const heartbeatMs = 1_000;
/** A Go peer may have been replaced by one that speaks batches; an address of this replica may have moved. */
const secondTryMs = 60_000;
/** A Go peer from whose address a batch came is asked sooner, but not for every batch. */
const soonTryMs = 1_000;
const behindAfterMs = 1_000;
/** So often in a row a peer has not answered when, at this process's end, nothing more is kept for it. */
const lastTries = 3;

/** How a peer is seen from here. */
export type PeerState = (typeof peerStates)[number];

export const peerStates = [
  'connecting',
  'in_sync',
  'behind',
  'unreachable',
  'go',
  'itself',
  'duplicate',
] as const;

/** Who answers at an address, as the mesh sees it: itself or a process that is fed at another address are not fed. */
export type Identity = 'peer' | 'itself' | 'duplicate';

/** What a feed needs beside its peer's address; the same for all feeds. */
export interface FeedParts {
  readonly self: ThisReplica;
  readonly log: EventLog;
  readonly states: ReplicatedStates;
  readonly client: PeerClient;
  readonly totals: ReplicationTotals;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly journal: Journal;
}

/**
 * Sends the log to one peer: one batch is under way at a time, and the next leaves when the answer comes. So at low
 * load an event leaves at once, and under load batches grow by themselves.
 *
 * `idle` → (news) → `waiting` for the end of the turn or for company → `sending` → (answer) → `idle` or, after a
 * failure, `waiting` again.
 */
export class PeerFeed {
  readonly #cursor: PeerCursor;
  readonly #go: GoDelivery;
  readonly #backoff = new Backoff();
  readonly #pace = new FeedPace();
  #phase: 'idle' | 'waiting' | 'sending' | 'stopped' = 'idle';
  #identity: Identity = 'peer';
  #speaksGo = false;
  #heldUntilMs = Number.NEGATIVE_INFINITY;
  #lastSentMs = Number.NEGATIVE_INFINITY;
  #lastBatchMs = Number.NEGATIVE_INFINITY;
  #epoch: string | undefined;
  #peerPhase: ReplicaPhase | undefined;
  #lastError: string | undefined;
  #cancel = (): void => {};

  /** @param identify who answers with an epoch; asked at every answer */
  constructor(
    readonly address: string,
    private readonly parts: FeedParts,
    private readonly identify: (feed: PeerFeed, epoch: string) => Identity,
  ) {
    this.#cursor = new PeerCursor(parts.log);
    this.#go = new GoDelivery(address, parts);
  }

  /** Of the process that last answered as a peer. */
  get epoch(): string | undefined {
    return this.#epoch;
  }

  get lastError(): string | undefined {
    return this.#lastError;
  }

  /** It has answered, or failed to: what can be known of it now is known. */
  get isSettled(): boolean {
    return (
      this.#peerPhase !== undefined ||
      this.#speaksGo ||
      this.#identity !== 'peer' ||
      this.#backoff.failures > 0
    );
  }

  /** It can give snapshots and digests. */
  get isReady(): boolean {
    return this.#peerPhase === 'ready' && this.#backoff.failures === 0 && this.#isFed;
  }

  get lagEvents(): number {
    if (this.#speaksGo) return this.#go.lagEvents;
    return this.#isFed ? this.#cursor.lagEvents : 0;
  }

  /** For how long the oldest event waits that the peer has not acknowledged. */
  get lagMs(): number {
    if (!this.#isFed && !this.#speaksGo) return 0;
    const sinceMs = this.#speaksGo ? this.#go.laggingSinceMs : this.#cursor.laggingSinceMs;
    return sinceMs === undefined ? 0 : Math.max(0, this.parts.clock.nowMs() - sinceMs);
  }

  get state(): PeerState {
    if (this.#identity !== 'peer') return this.#identity;
    if (this.#backoff.failures > 0) return 'unreachable';
    if (this.#speaksGo) return 'go';
    if (this.#peerPhase === undefined) return 'connecting';
    return this.#cursor.awaitsSnapshot || this.lagMs > behindAfterMs ? 'behind' : 'in_sync';
  }

  /** Nothing is left to send, or nobody to send it to: see {@link hurry}. */
  get isFlushed(): boolean {
    if (this.#identity !== 'peer' || this.#backoff.failures >= lastTries) return true;
    if (this.#speaksGo) return this.#go.lagEvents === 0;
    // After its snapshot a peer may want again what it was sent.
    return this.#cursor.lagEvents === 0 && !this.#cursor.awaitsSnapshot;
  }

  /** The end is near: what failed before says nothing of now, so the peer is tried at once, and a few times more. */
  hurry(): void {
    if (this.#backoff.failures === 0) return;
    this.#backoff.succeed();
    if (this.#phase !== 'waiting') return;
    this.#cancel();
    this.#sendIn(0);
  }

  /** The log has news. Cheap: called for every event. */
  wake(): void {
    if (this.#phase === 'idle' && this.#mayTry) this.#sendIn(this.#pace.lingerMs(this.parts.clock.nowMs()));
  }

  /** Time has passed: shows an idle peer that this replica is there. */
  beat(): void {
    if (this.#phase !== 'idle' || !this.#mayTry) return;
    const isDue = this.parts.clock.nowMs() - this.#lastSentMs >= heartbeatMs;
    if (isDue || this.#cursor.awaitsSnapshot || this.#hasNews) this.#sendIn(0);
  }

  /** A batch has come from the peer's address: if it was a Go peer, it may be none any more. */
  hear(): void {
    if (this.#speaksGo) this.#heldUntilMs = Math.min(this.#heldUntilMs, this.#lastBatchMs + soonTryMs);
  }

  stop(): void {
    this.#cancel();
    this.#phase = 'stopped';
    this.parts.client.forget(this.address);
  }

  get #isFed(): boolean {
    return this.#identity === 'peer' && !this.#speaksGo;
  }

  get #mayTry(): boolean {
    return this.#isFed || this.#speaksGo || this.parts.clock.nowMs() >= this.#heldUntilMs;
  }

  get #hasNews(): boolean {
    if (this.#speaksGo) return this.#go.lagEvents > 0;
    return this.#isFed && this.#cursor.hasNews;
  }

  #sendIn(delayMs: number): void {
    this.#phase = 'waiting';
    this.#cancel = this.parts.timers.after(delayMs, () => void this.#send());
  }

  async #send(): Promise<void> {
    this.#phase = 'sending';
    this.#lastSentMs = this.parts.clock.nowMs();
    const failure = await this.#deliver();
    // `stop` may have come meanwhile.
    if ((this.#phase as string) === 'stopped') return;
    this.#phase = 'idle';
    if (failure !== undefined) this.#onFailure(failure);
    else this.#onSuccess();
  }

  /** @returns why nothing was delivered */
  async #deliver(): Promise<string | undefined> {
    try {
      const isGoTurn = this.#speaksGo && this.#lastSentMs < this.#heldUntilMs;
      await (isGoTurn ? this.#go.deliver() : this.#deliverBatch());
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  async #deliverBatch(): Promise<void> {
    const { self, log, client, totals, clock } = this.parts;
    const section = this.#nextSection();
    const { first, events } = section;
    this.#lastBatchMs = this.#lastSentMs;
    totals.batchesSent++;
    totals.eventsSent += events.length;
    this.#pace.onSent(events.length, this.#lastSentMs);
    const answer = await client.sendBatch(this.address, {
      origin: self.address,
      epoch: self.epoch,
      first,
      oldest: log.oldest,
      events,
    });
    if (answer === 'unknown-call') {
      this.#meetGoPeer();
      return;
    }
    this.#speaksGo = false;
    this.#meet(answer);
    const leadsOn = this.#cursor.move(section, answer);
    if (!leadsOn && this.#identity === 'peer')
      throw new PeerError(
        `it answers ${answer.outcome} ${answer.applied} to ${events.length} events from ${first} on`,
      );
    if (events.length > 0 && answer.outcome === 'applied')
      totals.observeLatency(clock.nowMs() - events[0]!.loggedMs);
  }

  /** Who is not fed is only asked whether that has changed: this replica itself, a second address, a Go peer. */
  #nextSection(): LogSection {
    if (!this.#isFed) return this.#cursor.probe();
    this.parts.totals.eventsEvicted += this.#cursor.passLost();
    return this.#cursor.section(batchLimits);
  }

  #meet({ epoch, phase }: BatchAnswer): void {
    const identity = this.identify(this, epoch);
    if (identity !== 'peer') this.#heldUntilMs = this.#lastSentMs + secondTryMs;
    if (identity === 'peer' && (epoch !== this.#epoch || this.#backoff.failures > 0))
      this.parts.journal.tell({ type: 'peer-answers', peer: this.address, epoch });
    else if (identity === 'itself' && this.#identity !== 'itself')
      this.parts.journal.tell({ type: 'peer-is-this-replica', peer: this.address });
    else if (identity === 'duplicate' && this.#identity !== 'duplicate')
      this.parts.journal.tell({ type: 'peer-is-duplicate', peer: this.address, epoch });
    this.#identity = identity;
    this.#epoch = identity === 'peer' ? epoch : undefined;
    this.#peerPhase = phase;
  }

  #meetGoPeer(): void {
    if (!this.#speaksGo) {
      // It goes on where a replica of ours was; one that has never answered gets what was logged since it was found.
      if (this.#cursor.next !== undefined) this.#go.startAt(this.#cursor.next);
      this.parts.journal.tell({ type: 'peer-speaks-go', peer: this.address });
    }
    this.#speaksGo = true;
    this.#identity = 'peer';
    this.#epoch = undefined;
    this.#peerPhase = undefined;
    this.#heldUntilMs = this.#lastSentMs + secondTryMs;
  }

  #onSuccess(): void {
    this.#backoff.succeed();
    this.#lastError = undefined;
    if (this.#hasNews) this.wake();
  }

  #onFailure(reason: string): void {
    if (this.#backoff.failures === 0)
      this.parts.journal.tell({ type: 'peer-unreachable', peer: this.address, reason });
    this.parts.totals.batchesFailed++;
    this.#lastError = reason;
    this.#sendIn(this.#backoff.fail(this.parts.random.next()));
  }
}
