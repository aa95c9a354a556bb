import type { EventLog, LogEvent } from '../domain/event-log.js';
import type { ReplicationTotals } from '../domain/replication-totals.js';
import type { GoCall } from './ports/go-wire.js';
import type { PeerClient } from './ports/peer-client.js';
import type { ReplicatedStates } from './replicated-states.js';

/** Events that are under way at a time, each a call or two of its own. */
const sectionLimits = { maxEvents: 256, maxBytes: 256 * 1024 };
const maxCallsAtOnce = 32;

/** What the delivery needs of its feed. */
export interface GoDeliveryParts {
  readonly log: EventLog;
  readonly states: ReplicatedStates;
  readonly client: PeerClient;
  readonly totals: ReplicationTotals;
}

/** Events that were taken from the log, as the calls that are left of them. */
interface Section {
  /** The sequence that follows its last event. */
  readonly next: number;
  /** By request, in their order. */
  readonly queues: readonly GoCall[][];
}

/**
 * Sends the log to a peer of the Go service, which takes one event a call and keeps no cursor. The log is the queue:
 * what falls out of it is lost to that peer, and counted. Calls of one request keep their order, since the Go service
 * has no other; those of different requests go side by side. What the peer has taken is not sent again: a record that
 * came after its removal would count there until it expires.
 */
export class GoDelivery {
  #next: number;
  #section: Section | undefined;

  /** Begins with what is logged from now on. */
  constructor(
    private readonly peer: string,
    private readonly parts: GoDeliveryParts,
  ) {
    this.#next = parts.log.next;
  }

  get lagEvents(): number {
    return this.parts.log.next - Math.max(this.#next, this.parts.log.oldest);
  }

  get laggingSinceMs(): number | undefined {
    return this.parts.log.at(Math.max(this.#next, this.parts.log.oldest))?.loggedMs;
  }

  startAt(sequence: number): void {
    this.#next = sequence;
    this.#section = undefined;
  }

  /**
   * Delivers the next events. A call that is refused twice is given up, as the Go service does.
   *
   * @throws PeerError where the peer can't be reached; the next delivery goes on with the calls that failed
   */
  async deliver(): Promise<void> {
    this.#giveUpWhatIsLost();
    const section = (this.#section ??= this.#takeSection());
    await this.#send(section.queues);
    this.#next = section.next;
    this.#section = undefined;
  }

  #giveUpWhatIsLost(): void {
    const { log, totals } = this.parts;
    if (this.#section !== undefined && this.#section.next <= log.oldest) {
      totals.goCallsDropped += this.#section.queues.reduce((calls, queue) => calls + queue.length, 0);
      this.#next = this.#section.next;
      this.#section = undefined;
    }
    if (this.#section === undefined && this.#next < log.oldest) {
      totals.goCallsDropped += log.oldest - this.#next;
      this.#next = log.oldest;
    }
  }

  #takeSection(): Section {
    const events = this.parts.log.read(this.#next, sectionLimits);
    return { next: this.#next + events.length, queues: [...this.#callsByKey(events).values()] };
  }

  #callsByKey(events: readonly LogEvent[]): Map<string, GoCall[]> {
    const byKey = new Map<string, GoCall[]>();
    for (const { kind, state } of events) {
      for (const call of this.parts.states.goCallsFor(kind, state)) {
        const calls = byKey.get(call.key);
        if (calls === undefined) byKey.set(call.key, [call]);
        else calls.push(call);
      }
    }
    return byKey;
  }

  async #send(queues: readonly GoCall[][]): Promise<void> {
    // Each worker takes the next queue of the same iterator.
    const waiting = queues.values();
    const workers = Array.from({ length: Math.min(maxCallsAtOnce, queues.length) }, async () => {
      for (const queue of waiting) await this.#sendInOrder(queue);
    });
    const results = await Promise.allSettled(workers);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** Leaves in the queue what could not be sent. */
  async #sendInOrder(queue: GoCall[]): Promise<void> {
    const { client, totals } = this.parts;
    for (let call = queue[0]; call !== undefined; call = queue[0]) {
      const isTaken =
        (await client.sendGoCall(this.peer, call)) || (await client.sendGoCall(this.peer, call));
      if (isTaken) totals.goCallsSent++;
      else totals.goCallsDropped++;
      queue.shift();
    }
  }
}
