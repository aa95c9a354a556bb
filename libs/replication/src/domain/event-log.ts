/** What an accepted call added, as its context tells it to other replicas. */
export interface LogEvent {
  /** Which context's state it is. */
  readonly kind: string;
  /** The state, as JSON text. */
  readonly state: string;
  /** Since when the state is known anywhere, in this process's monotonic clock; it travels as an age. */
  readonly sinceMs: number;
  /** When it was logged, in the same clock. */
  readonly loggedMs: number;
}

/** How much the log keeps, whichever bound is met first. */
export interface LogLimits {
  readonly maxEvents: number;
  /** Of text and what holds it in memory. */
  readonly maxBytes: number;
}

/** What holds an event in memory beside its text: measured, not exact. */
const overheadBytes = 120;

/**
 * The last events of this process, for all peers: one ring, in which every event has a sequence number, from 1 on.
 * A peer whose cursor has fallen out of the ring needs a snapshot.
 */
export class EventLog {
  readonly #ring: (LogEvent | undefined)[] = [];
  readonly #maxEvents: number;
  readonly #maxBytes: number;
  #oldest = 1;
  #next = 1;
  #bytes = 0;

  constructor({ maxEvents, maxBytes }: LogLimits) {
    this.#maxEvents = maxEvents;
    this.#maxBytes = maxBytes;
  }

  /** The sequence of the first event that is still held; {@link next} where none is. */
  get oldest(): number {
    return this.#oldest;
  }

  /** The sequence that the next event will get. */
  get next(): number {
    return this.#next;
  }

  get size(): number {
    return this.#next - this.#oldest;
  }

  /** Bytes held, by the measure of the limit. */
  get bytes(): number {
    return this.#bytes;
  }

  append(event: LogEvent): void {
    const bytes = bytesOf(event);
    while (this.size === this.#maxEvents || (this.size > 0 && this.#bytes + bytes > this.#maxBytes)) {
      this.#evictOldest();
    }
    this.#ring[this.#placeOf(this.#next)] = event;
    this.#next++;
    this.#bytes += bytes;
  }

  /** @returns the event with that sequence; undefined where it is not held */
  at(sequence: number): LogEvent | undefined {
    const isHeld = sequence >= this.#oldest && sequence < this.#next;
    return isHeld ? this.#ring[this.#placeOf(sequence)] : undefined;
  }

  /** @returns the events from `first` on (which must be held or the next), at least one where there is one, within the limits */
  read(first: number, { maxEvents, maxBytes }: LogLimits): LogEvent[] {
    const events: LogEvent[] = [];
    let bytes = 0;
    for (let sequence = first; sequence < this.#next && events.length < maxEvents; sequence++) {
      const event = this.at(sequence)!;
      bytes += bytesOf(event);
      if (bytes > maxBytes && events.length > 0) break;
      events.push(event);
    }
    return events;
  }

  /** From 0 on, so that the ring grows as it is filled for the first time. */
  #placeOf(sequence: number): number {
    return (sequence - 1) % this.#maxEvents;
  }

  #evictOldest(): void {
    const at = this.#placeOf(this.#oldest);
    this.#bytes -= bytesOf(this.#ring[at]!);
    this.#ring[at] = undefined;
    this.#oldest++;
  }
}

function bytesOf(event: LogEvent): number {
  return event.state.length + overheadBytes;
}
