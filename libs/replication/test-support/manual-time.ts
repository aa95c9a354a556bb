import { ManualClock, ManualTimers } from '#testing';

/** Time that passes when a test says so. */
export class ManualTime {
  readonly clock = new ManualClock();
  readonly timers = new ManualTimers(this.clock);

  /** Lets time pass, with all that is due meanwhile, and what follows from it. */
  pass(ms: number): Promise<void> {
    return this.timers.advance(ms);
  }
}
