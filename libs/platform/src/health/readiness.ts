/** Where a replica is in its life. Only `ready` replicas answer clients' load and cache calls. */
export type ReadinessState = 'starting' | 'ready' | 'draining';

/** Whether this replica may be trusted with calls; it only moves forward. */
export class Readiness {
  #state: ReadinessState = 'starting';

  get state(): ReadinessState {
    return this.#state;
  }

  /** All is loaded: serve. Without effect once draining. */
  open(): void {
    if (this.#state === 'starting') this.#state = 'ready';
  }

  /** The replica goes: take no new calls, finish those in flight. */
  drain(): void {
    this.#state = 'draining';
  }
}
