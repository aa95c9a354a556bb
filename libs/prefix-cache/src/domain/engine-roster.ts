import { CachedCluster, CachedEngine } from './cached-engine.js';
import { SaveQueue } from './save-queue.js';

/** Small numbers, those that were given back first. */
class Numbers {
  readonly #free: number[] = [];
  #made = 0;

  take(): number {
    return this.#free.pop() ?? this.#made++;
  }

  free(number: number): void {
    this.#free.push(number);
  }
}

/**
 * The engines, by name and by number. One that has gone is *retired*: nobody finds it by name any more, and its number
 * stays its own until its blocks are cleared away.
 */
export class EngineRoster {
  readonly #clusters = new Map<string, CachedCluster>();
  readonly #clusterNumbers = new Numbers();
  readonly #engineNumbers = new Numbers();
  readonly #byNumber: (CachedEngine | undefined)[] = [];
  readonly #saved = new SaveQueue();
  readonly #retired = new Set<CachedEngine>();
  #count = 0;

  /** Engines that are not retired. */
  get count(): number {
    return this.#count;
  }

  cluster(name: string): CachedCluster | undefined {
    return this.#clusters.get(name);
  }

  clusters(): IterableIterator<CachedCluster> {
    return this.#clusters.values();
  }

  engine(cluster: string, ip: string): CachedEngine | undefined {
    return this.#clusters.get(cluster)?.engines.get(ip);
  }

  /** The engine of a number that is in use. */
  numbered(number: number): CachedEngine {
    return this.#byNumber[number]!;
  }

  isRetired(engine: CachedEngine): boolean {
    return this.#retired.has(engine);
  }

  /** Adds an engine that is not known; {@link onSaved} must follow at once. */
  add(clusterName: string, ip: string): CachedEngine {
    let cluster = this.#clusters.get(clusterName);
    if (cluster === undefined) {
      cluster = new CachedCluster(this.#clusterNumbers.take(), clusterName);
      this.#clusters.set(clusterName, cluster);
    }
    const engine = new CachedEngine(this.#engineNumbers.take(), cluster, ip);
    this.#byNumber[engine.number] = engine;
    cluster.engines.set(ip, engine);
    this.#count++;
    return engine;
  }

  /** A prompt was saved to the engine, see {@link CachedEngine.onSaved}. */
  onSaved(engine: CachedEngine, savedMs: number, saveOrder: number): void {
    engine.onSaved(savedMs, saveOrder);
    this.#saved.onSaved(engine);
  }

  retire(engine: CachedEngine): void {
    engine.cluster.engines.delete(engine.ip);
    engine.cluster.blockCount -= engine.blockCount;
    engine.cluster.retiredCount++;
    this.#saved.remove(engine);
    this.#retired.add(engine);
    this.#count--;
  }

  /** @returns an engine whose blocks are to be cleared away */
  nextRetired(): CachedEngine | undefined {
    return this.#retired.values().next().value;
  }

  /** The last block of a retired engine is gone. */
  forget(engine: CachedEngine): void {
    this.#retired.delete(engine);
    this.#byNumber[engine.number] = undefined;
    this.#engineNumbers.free(engine.number);
    const { cluster } = engine;
    cluster.retiredCount--;
    if (cluster.retiredCount > 0 || cluster.engines.size > 0) return;
    this.#clusters.delete(cluster.name);
    this.#clusterNumbers.free(cluster.number);
  }

  /** The engine to which nobody has saved for the longest time. */
  get leastRecentlySaved(): CachedEngine | undefined {
    return this.#saved.first;
  }
}
