import { StateDigest } from '../domain/state-digest.js';
import type { Clock } from './ports/clock.js';
import type { DigestRequest } from './ports/peer-client.js';
import type { Timers } from './ports/timers.js';
import type { ReplicatedStates } from './replicated-states.js';

/** What changed later than this is on its way, and would only seem to differ. */
const settledForMs = 2_000;

/** A digest and what it covers. */
export interface TakenDigest {
  readonly digest: StateDigest;
  readonly youngerThanMs: number;
  /** The moment of which it is, in this process's monotonic clock. */
  readonly asOfMs: number;
}

/** Sums up what this replica knows, so that another can see whether it knows the same. */
export class TakeDigest {
  constructor(
    private readonly states: ReplicatedStates,
    private readonly clock: Clock,
    private readonly timers: Timers,
  ) {}

  /** Covers what is younger than was asked for; less, where this replica has begun to forget. */
  async execute({ agoMs, youngerThanMs }: DigestRequest): Promise<TakenDigest> {
    const repaired = [...this.states.all()].filter((state) => state.isRepaired);
    const asOfMs = this.clock.nowMs() - agoMs;
    const coveredMs = Math.min(youngerThanMs, ...repaired.map((state) => state.horizonMs));
    const digest = new StateDigest();
    for (const state of repaired) {
      for (const _ of state.digest(digest, { asOfMs, youngerThanMs: coveredMs, settledForMs })) {
        await this.timers.nextTurn();
      }
    }
    return { digest, youngerThanMs: coveredMs, asOfMs };
  }
}
