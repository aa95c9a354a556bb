import type { LoadStats } from '../domain/load-stats.js';
import type { ModelLoad } from '../domain/model-stats.js';

/** A router asks for the load of a cluster's engines before it chooses one. */
export class QueryLoad {
  constructor(private readonly load: LoadStats) {}

  /** @returns the cluster, the same object for as long as it is known; to be read before anything else happens */
  execute(cluster: string): ModelLoad | undefined {
    return this.load.model(cluster);
  }
}
