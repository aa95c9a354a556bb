import type { ReplicationTotals } from '../domain/replication-totals.js';
import { WireError } from './ports/replicated-state.js';
import type { ReplicatedStates } from './replicated-states.js';

/** A peer of the Go service sends one event. */
export class ReceiveGoEvent {
  constructor(
    private readonly states: ReplicatedStates,
    private readonly totals: ReplicationTotals,
  ) {}

  /** The types of events that are known. */
  get types(): readonly string[] {
    return this.states.goCallTypes;
  }

  /**
   * Merges the event. It is never logged or forwarded: the peer sends it to every replica itself.
   *
   * @param type undefined where the peer names none
   * @param body parsed JSON of whatever shape
   * @throws WireError that names the field and what it must be
   */
  execute(type: string | undefined, body: unknown): 'received' | 'unknown-type' {
    try {
      if (type !== undefined && this.states.receiveGoCall(type, body)) {
        this.totals.goCallsReceived++;
        return 'received';
      }
    } catch (error) {
      if (error instanceof WireError) this.totals.goCallsRefused++;
      throw error;
    }
    this.totals.goCallsRefused++;
    return 'unknown-type';
  }
}
