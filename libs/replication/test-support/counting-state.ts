import { type KnownState, ReplicatedState, WireError } from '../src/application/ports/replicated-state.js';

/** A context that only counts what it is told; the state `"bad"` is malformed, `"old"` no news. */
export class CountingState extends ReplicatedState<unknown> {
  override readonly kind = 'load';
  override readonly isRepaired = true;
  override readonly horizonMs = 600_000;
  merges = 0;

  override parse(state: unknown): unknown {
    if (state === 'bad') throw new WireError('g must be a generation');
    return state;
  }

  override merge(state: unknown): boolean {
    this.merges++;
    return state !== 'old';
  }

  override *states(): Iterable<readonly KnownState[]> {}

  override *digest(): Iterable<void> {}
}
