import type { EngineLoad, EngineStats } from './engine-stats.js';

/** The load of one cluster, as a router asks for it. */
export interface ModelLoad {
  readonly engineCount: number;
  /** Valid until the next change. */
  engines(): Iterable<EngineLoad>;
}

/** The engines of one cluster, which serves one model, in the order of their first request. */
export class ModelStats implements ModelLoad {
  readonly #engines = new Map<string, EngineStats>();

  constructor(readonly cluster: string) {}

  get engineCount(): number {
    return this.#engines.size;
  }

  engines(): IterableIterator<EngineStats> {
    return this.#engines.values();
  }

  engine(ip: string): EngineStats | undefined {
    return this.#engines.get(ip);
  }

  addEngine(engine: EngineStats): void {
    this.#engines.set(engine.ip, engine);
  }

  deleteEngine(ip: string): void {
    this.#engines.delete(ip);
  }
}
