import { StateDigest } from '../domain/state-digest.js';
import type { Timers } from './ports/timers.js';
import type { ReplicatedStates } from './replicated-states.js';

/** What changed later than this is on its way, and would only seem to differ. */
const settledForMs = 2_000;

/** A digest and the age up to which it covers what is known. */
export interface TakenDigest {
  readonly digest: StateDigest;
  readonly youngerThanMs: number;
}

/** Sums up what this replica knows, so that another can see whether it knows the same. */
export class TakeDigest {
  constructor(
    private readonly states: ReplicatedStates,
    private readonly timers: Timers,
  ) {}

  /** @param youngerThanMs the age up to which to compare; less, where this replica has forgotten since */
  async execute(youngerThanMs = Number.MAX_SAFE_INTEGER): Promise<TakenDigest> {
    const repaired = [...this.states.all()].filter((state) => state.isRepaired);
    const coveredMs = Math.min(youngerThanMs, ...repaired.map((state) => state.horizonMs));
    const digest = new StateDigest();
    for (const state of repaired) {
      for (const _ of state.digest(digest, { youngerThanMs: coveredMs, settledForMs })) {
        await this.timers.nextTurn();
      }
    }
    return { digest, youngerThanMs: coveredMs };
  }
}
