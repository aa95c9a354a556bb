/**
 * What is wrong with the way from one replica to another. Requests go that way, answers come back.
 *
 * `delay`: everything comes late. `reset`: one in `oneIn` pieces ends the connection in place of being passed on.
 * `cut-answers`: requests are passed on, and the first byte of an answer ends the connection. `hole`: the requests,
 * the answers or both vanish, and nobody is told.
 */
export type Fault =
  | { readonly kind: 'delay'; readonly delayMs: number }
  | { readonly kind: 'reset'; readonly oneIn: number }
  | { readonly kind: 'cut-answers' }
  | { readonly kind: 'hole'; readonly of: 'requests' | 'answers' | 'both' };

export type Direction = 'request' | 'answer';

/** The faults of all links between replicas, which change as a test runs. */
export class LinkFaults {
  readonly #faults = new Map<string, Fault>();
  readonly #listeners = new Set<() => void>();

  /** Sets what is wrong from now on from each of some replicas to each of others, by their hosts. */
  set(from: readonly string[], to: readonly string[], fault: Fault): void {
    for (const caller of from) for (const called of to) this.#faults.set(`${caller} ${called}`, fault);
    this.#tell();
  }

  /** All is well again. */
  clear(): void {
    this.#faults.clear();
    this.#tell();
  }

  between(from: string, to: string): Fault | undefined {
    return this.#faults.get(`${from} ${to}`);
  }

  /** @param listener told of every change @returns ends that */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Whether what goes in this direction vanishes. */
export function swallows(fault: Fault | undefined, direction: Direction): boolean {
  return fault?.kind === 'hole' && (fault.of === 'both' || fault.of === `${direction}s`);
}
