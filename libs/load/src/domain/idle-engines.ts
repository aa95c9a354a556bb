import type { EngineStats } from './engine-stats.js';

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

  longestIdle(): EngineStats | undefined {
    return this.#sinceMs.keys().next().value;
  }

  /** Monotonic time since which an idle engine has been idle. */
  sinceMs(engine: EngineStats): number {
    return this.#sinceMs.get(engine) ?? Number.POSITIVE_INFINITY;
  }
}
