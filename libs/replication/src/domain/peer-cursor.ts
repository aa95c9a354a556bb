import type { EventLog, LogEvent, LogLimits } from './event-log.js';

/** What a peer says to a batch, relative to the epoch of the batch. */
export interface Progress {
  /**
   * `applied`: it has everything up to `applied`. `gap`: it needs what follows `applied`, which the log still held.
   * `snapshot`: the log can't close its gap; it fetches a snapshot, and wants what is new meanwhile.
   */
  readonly outcome: 'applied' | 'gap' | 'snapshot';
  readonly applied: number;
}

/** Part of the log, from the sequence `first` on. */
export interface LogSection {
  readonly first: number;
  readonly events: readonly LogEvent[];
}

/**
 * How far one peer has this process's events. Only the peer can tell: before its first answer the cursor is unknown,
 * and what is sent is a probe without events.
 */
export class PeerCursor {
  #next: number | undefined;
  #lastOutcome: Progress['outcome'] | undefined;

  constructor(private readonly log: EventLog) {}

  /** The first sequence that the peer lacks, as far as it has told; undefined before its first answer. */
  get next(): number | undefined {
    return this.#next;
  }

  /** The peer is waiting for a snapshot, after which it may want events again. */
  get awaitsSnapshot(): boolean {
    return this.#lastOutcome === 'snapshot';
  }

  /** There are events to send, or the peer has yet to say from where on. */
  get hasNews(): boolean {
    return this.#next !== this.log.next;
  }

  /** Events that the peer has not acknowledged; all that are held, while it is unknown. */
  get lagEvents(): number {
    return this.log.next - Math.max(this.#next ?? this.log.oldest, this.log.oldest);
  }

  /** When the oldest event was logged that the peer has not acknowledged. */
  get laggingSinceMs(): number | undefined {
    return this.log.at(Math.max(this.#next ?? this.log.oldest, this.log.oldest))?.loggedMs;
  }

  /** What to send next. A cursor that has fallen out of the ring begins with what is left; the peer sees the gap. */
  section(limits: LogLimits): LogSection {
    if (this.#next === undefined) return this.probe();
    const first = Math.max(this.#next, this.log.oldest);
    return { first, events: this.log.read(first, limits) };
  }

  /** What to send to learn where the peer stands, and no event with it. */
  probe(): LogSection {
    return { first: this.log.next, events: [] };
  }

  /**
   * Goes on behind what the log has lost.
   *
   * @returns how many events that were; each is told of once
   */
  passLost(): number {
    if (this.#next === undefined || this.#next >= this.log.oldest) return 0;
    const lost = this.log.oldest - this.#next;
    this.#next = this.log.oldest;
    return lost;
  }

  /**
   * The peer has answered a section. Never goes beyond what the log has given out.
   *
   * @returns false where the answer can't be meant, and nothing moves: the peer would be sent the same for ever
   */
  move(sent: LogSection, { outcome, applied }: Progress): boolean {
    const end = sent.first + sent.events.length;
    const next = outcome === 'snapshot' ? end : applied + 1;
    if ((outcome === 'applied' && next < end) || (outcome === 'gap' && next >= sent.first)) return false;
    this.#next = Math.min(next, this.log.next);
    this.#lastOutcome = outcome;
    return true;
  }
}
