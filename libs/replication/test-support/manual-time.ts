import { setImmediate as nextTurn } from 'node:timers/promises';
import { Clock } from '../src/application/ports/clock.js';
import { Timers } from '../src/application/ports/timers.js';

interface Planned {
  readonly dueMs: number;
  readonly action: () => void;
}

/** Time that passes when a test says so. */
export class ManualTime {
  readonly clock: Clock;
  readonly timers: Timers;
  #nowMs = 1_000;
  #planned: Planned[] = [];

  constructor() {
    const nowMs = () => this.#nowMs;
    const plan = (planned: Planned) => this.#plan(planned);
    this.clock = new (class extends Clock {
      override nowMs = nowMs;
    })();
    this.timers = new (class extends Timers {
      override after(delayMs: number, action: () => void): () => void {
        return plan({ dueMs: nowMs() + delayMs, action });
      }

      override nextTurn(): Promise<void> {
        return Promise.resolve();
      }
    })();
  }

  /** Lets time pass, with all that is due meanwhile, and what follows from it. */
  async pass(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (let next = this.#takeDue(endMs); next !== undefined; next = this.#takeDue(endMs)) {
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.action();
      await nextTurn();
    }
    this.#nowMs = endMs;
  }

  #plan(planned: Planned): () => void {
    this.#planned.push(planned);
    return () => (this.#planned = this.#planned.filter((other) => other !== planned));
  }

  #takeDue(endMs: number): Planned | undefined {
    const due = this.#planned.filter(({ dueMs }) => dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs)[0];
    this.#planned = this.#planned.filter((planned) => planned !== due);
    return due;
  }
}
