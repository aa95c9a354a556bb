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

/**
 * Sends the log to a peer of the Go service, which takes one event a call and keeps no cursor. The log is the queue:
 * what falls out of it is lost to that peer, and counted. Calls of one request keep their order, since the Go service
 * has no other; those of different requests go side by side.
 */
export class GoDelivery {
  #next = 1;

  constructor(
    private readonly peer: string,
    private readonly parts: GoDeliveryParts,
  ) {}

  get lagEvents(): number {
    return this.parts.log.next - Math.max(this.#next, this.parts.log.oldest);
  }

  get laggingSinceMs(): number | undefined {
    return this.parts.log.at(Math.max(this.#next, this.parts.log.oldest))?.loggedMs;
  }

  startAt(sequence: number): void {
    this.#next = sequence;
  }

  /**
   * Delivers the next events. A call that is refused twice is given up, as the Go service does.
   *
   * @throws PeerError where the peer can't be reached; then all of them are sent again
   */
  async deliver(): Promise<void> {
    const { log, totals } = this.parts;
    if (this.#next < log.oldest) {
      totals.goCallsDropped += log.oldest - this.#next;
      this.#next = log.oldest;
    }
    const events = log.read(this.#next, sectionLimits);
    const waiting = [...this.#callsByKey(events).values()];
    const workers = waiting.slice(0, maxCallsAtOnce).map(async () => {
      for (let calls = waiting.pop(); calls !== undefined; calls = waiting.pop())
        await this.#sendInOrder(calls);
    });
    const results = await Promise.allSettled(workers);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    this.#next += events.length;
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

  async #sendInOrder(calls: readonly GoCall[]): Promise<void> {
    const { client, totals } = this.parts;
    for (const call of calls) {
      totals.goCallsSent++;
      const isTaken =
        (await client.sendGoCall(this.peer, call)) || (await client.sendGoCall(this.peer, call));
      if (!isTaken) totals.goCallsDropped++;
    }
  }
}
