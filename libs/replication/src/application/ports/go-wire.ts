/** One call of the Go service's wire, `POST /v1/replica/event`. */
export interface GoCall {
  /** Header `Event-Type`. */
  readonly type: string;
  /** The body, JSON text. */
  readonly body: string;
  /** Calls with the same key must arrive in their order: the request's id. */
  readonly key: string;
}

/** Translates a context's events from and to the wire of the Go service, while a fleet is moved over. Never blocks. */
export abstract class GoWire {
  /** The kind of the events that it translates. */
  abstract readonly kind: string;

  /** The types of the calls that it takes in. */
  abstract readonly types: readonly string[];

  /** @returns the calls that tell a Go peer of an event, in this order; none where it has nothing to hear */
  abstract callsFor(state: string): readonly GoCall[];

  /**
   * Takes in a call of a Go peer. It is never logged or forwarded.
   *
   * @returns whether the type is known
   * @throws WireError for a body that is not what it must be; it names the field and the remedy
   */
  abstract receive(type: string, body: unknown): boolean;
}
