import { Clock, type Random, Timers } from '#replication';
import type { SimulatedTime } from './simulated-time.js';

/** How a process's clocks differ from the world's, and how fast it is. */
export interface ProcessTraits {
  /** Added to the world's time: a monotonic clock begins anywhere. */
  readonly monotonicOffsetMs: number;
  /** Unix time at the world's beginning: wall clocks may be hours apart. */
  readonly wallClockMs: number;
  /** The longest that a turn takes, or a call waits for one. */
  readonly turnMs: number;
}

/**
 * A process: its clocks, its timers, and whether it runs. One that is stopped (SIGSTOP, a long pause) goes on later with
 * all that has come meanwhile; one that was killed never does, and what it had under way ends there.
 */
export class SimulatedProcess {
  readonly clock: Clock;
  readonly timers: Timers;
  #state: 'running' | 'stopped' | 'dead' = 'running';
  /** What came while it was stopped. */
  #timersDue: (() => void)[] = [];
  #callsDue: (() => void)[] = [];

  constructor(
    private readonly time: SimulatedTime,
    private readonly random: Random,
    readonly traits: ProcessTraits,
  ) {
    this.clock = new ProcessClock(this);
    this.timers = new ProcessTimers(this);
  }

  get state(): 'running' | 'stopped' | 'dead' {
    return this.#state;
  }

  /** Both clocks, as the contexts read them. */
  now(): { readonly monotonicMs: number; readonly unixUs: number } {
    const { monotonicOffsetMs, wallClockMs } = this.traits;
    return {
      monotonicMs: this.time.nowMs + monotonicOffsetMs,
      unixUs: Math.round((this.time.nowMs + wallClockMs) * 1_000),
    };
  }

  /** Runs an action in this process, later; what came while it was stopped runs when it goes on. */
  after(delayMs: number, action: () => void): () => void {
    let isCancelled = false;
    this.time.after(delayMs, () =>
      this.#run(this.#timersDue, () => {
        if (!isCancelled) action();
      }),
    );
    return () => (isCancelled = true);
  }

  /** Something arrives from outside, and waits its turn. */
  arrive(action: () => void): void {
    this.time.after(this.turnMs(), () => this.#run(this.#callsDue, action));
  }

  /** As {@link arrive}, for what must keep its order. */
  arriveInOrder(action: () => void): void {
    this.#run(this.#callsDue, action);
  }

  /** How long a turn takes this time. */
  turnMs(): number {
    return this.random.next() * this.traits.turnMs;
  }

  stop(): void {
    if (this.#state === 'running') this.#state = 'stopped';
  }

  continue(): void {
    if (this.#state !== 'stopped') return;
    this.#state = 'running';
    // An event loop looks at its timers before its sockets, but what it had read from them comes first.
    const due =
      this.random.next() < 0.8
        ? [...this.#timersDue, ...this.#callsDue]
        : [...this.#callsDue, ...this.#timersDue];
    this.#timersDue = [];
    this.#callsDue = [];
    for (const action of due) this.time.after(0, () => this.#run(this.#callsDue, action));
  }

  kill(): void {
    this.#state = 'dead';
    this.#timersDue = [];
    this.#callsDue = [];
  }

  #run(backlog: (() => void)[], action: () => void): void {
    if (this.#state === 'running') action();
    else if (this.#state === 'stopped') backlog.push(action);
  }
}

class ProcessClock extends Clock {
  constructor(private readonly process: SimulatedProcess) {
    super();
  }

  override nowMs(): number {
    return this.process.now().monotonicMs;
  }
}

class ProcessTimers extends Timers {
  constructor(private readonly process: SimulatedProcess) {
    super();
  }

  override after(delayMs: number, action: () => void): () => void {
    return this.process.after(delayMs, action);
  }

  override nextTurn(): Promise<void> {
    return this.sleep(this.process.turnMs());
  }
}
