import type { EngineStats } from './engine-stats.js';

/** An engine without live requests, and since when (monotonic). */
export interface IdleEngine {
  readonly engine: EngineStats;
  readonly sinceMs: number;
}

/** Engines without live requests, the longest idle first. */
export class IdleEngines {
  /** A Map keeps the order of insertion, and time only moves forward. */
  readonly #sinceMs = new Map<EngineStats, number>();

  /** An engine has become idle. */
  add(engine: EngineStats, nowMs: number): void {
    this.#sinceMs.set(engine, nowMs);
  }

  /** An engine is busy again, or gone. */
  delete(engine: EngineStats): void {
    this.#sinceMs.delete(engine);
  }

  longestIdle(): IdleEngine | undefined {
    const next = this.#sinceMs.entries().next();
    return next.done ? undefined : { engine: next.value[0], sinceMs: next.value[1] };
  }
}
