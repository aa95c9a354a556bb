import type { WireEvent } from './batch-format.js';
import type { GoCall, GoWire } from './ports/go-wire.js';
import { type ReplicatedState, WireError } from './ports/replicated-state.js';

/** A state that was read whole and can be merged. */
export type Merge = () => boolean;

/** The states of all contexts, by kind. Contexts add theirs while the application is put together. */
export class ReplicatedStates {
  readonly #states = new Map<string, ReplicatedState>();
  readonly #goWires = new Map<string, GoWire>();

  add(state: ReplicatedState, goWire?: GoWire): void {
    this.#states.set(state.kind, state);
    if (goWire !== undefined) this.#goWires.set(goWire.kind, goWire);
  }

  all(): IterableIterator<ReplicatedState> {
    return this.#states.values();
  }

  /** Whether any context has states that are never repaired. */
  get hasHints(): boolean {
    return [...this.#states.values()].some(({ isRepaired }) => !isRepaired);
  }

  /**
   * Reads an event without effect.
   *
   * @param place of the event among all that came with it
   * @returns its merge; undefined where its kind is not known, but to a later release
   * @throws WireError that names the event and the field
   */
  parse(event: WireEvent, place: number): Merge | undefined {
    const owner = this.#states.get(event.kind);
    if (owner === undefined) return undefined;
    const parsed = parseAt(place, owner, event);
    return () => owner.merge(parsed);
  }

  /** The types of the calls of Go peers that any context takes in. */
  get goCallTypes(): readonly string[] {
    return [...this.#goWires.values()].flatMap(({ types }) => types);
  }

  /** @returns the calls that tell a Go peer of an event */
  goCallsFor(kind: string, state: string): readonly GoCall[] {
    return this.#goWires.get(kind)?.callsFor(state) ?? [];
  }

  /**
   * @returns whether any context knows the type
   * @throws WireError
   */
  receiveGoCall(type: string, body: unknown): boolean {
    for (const wire of this.#goWires.values()) {
      if (wire.receive(type, body)) return true;
    }
    return false;
  }
}

function parseAt(index: number, owner: ReplicatedState, event: WireEvent): unknown {
  try {
    return owner.parse(event.state, event);
  } catch (error) {
    if (error instanceof WireError) throw new WireError(`events[${index}].state: ${error.message}`);
    throw error;
  }
}
