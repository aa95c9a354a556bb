import type { EngineLoad } from '../domain/engine-stats.js';
import type { LoadStats } from '../domain/load-stats.js';

/** A router asks for the load of a cluster's engines before it chooses one. */
export class QueryLoad {
  constructor(private readonly load: LoadStats) {}

  /** @returns the engines, none for an unknown cluster; to be read before anything else happens */
  execute(cluster: string): Iterable<EngineLoad> {
    return this.load.enginesOf(cluster);
  }
}
