import { EngineStats } from './engine-stats.js';
import type { RequestRecord } from './inference-request.js';
import { ModelStats } from './model-stats.js';

/**
 * All engines of all clusters: found by cluster and address, as clients name them, and by number, as the request table
 * does. A cluster is known for as long as one of its engines is.
 */
export class EngineDirectory {
  readonly #models = new Map<string, ModelStats>();
  readonly #byNumber: (EngineStats | undefined)[] = [];
  readonly #freeNumbers: number[] = [];

  get clusterCount(): number {
    return this.#models.size;
  }

  get engineCount(): number {
    return this.#byNumber.length - this.#freeNumbers.length;
  }

  /** In the order of their first request. */
  models(): IterableIterator<ModelStats> {
    return this.#models.values();
  }

  model(cluster: string): ModelStats | undefined {
    return this.#models.get(cluster);
  }

  /** @param number of an engine that is known: one that is free has none */
  at(number: number): EngineStats {
    return this.#byNumber[number]!;
  }

  /** The engine that a record names, known from now on. */
  engineFor({ cluster, ip }: RequestRecord): EngineStats {
    return this.#models.get(cluster)?.engine(ip) ?? this.#add(cluster, ip);
  }

  /**
   * An engine is no longer known; nor is its cluster, where it was the last of it. It must count no request: its number
   * is given again.
   */
  delete({ cluster, ip, number }: EngineStats): void {
    const model = this.#models.get(cluster)!;
    model.deleteEngine(ip);
    if (model.engineCount === 0) this.#models.delete(cluster);
    this.#byNumber[number] = undefined;
    this.#freeNumbers.push(number);
  }

  #add(cluster: string, ip: string): EngineStats {
    let model = this.#models.get(cluster);
    if (model === undefined) {
      model = new ModelStats(cluster);
      this.#models.set(cluster, model);
    }
    const number = this.#freeNumbers.pop() ?? this.#byNumber.length;
    const engine = new EngineStats(number, model.cluster, ip);
    this.#byNumber[number] = engine;
    model.addEngine(engine);
    return engine;
  }
}
