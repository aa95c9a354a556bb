import { type Metric, Registry } from 'prom-client';

/**
 * Gauges of prom-client's that break Prometheus's naming rules (`_total` is for counters) or read Node's
 * undocumented lists at a cost per connection. `nodejs_active_resources` says the same, by type.
 */
const leftOut: ReadonlySet<string> = new Set([
  'nodejs_active_handles',
  'nodejs_active_handles_total',
  'nodejs_active_requests',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
]);

/** prom-client's metrics of the process, without those that have no place in a clean exposition. */
export class ProcessRegistry extends Registry {
  override registerMetric<T extends string>(metric: Metric<T>): void {
    // prom-client's types leave the name out.
    if (!leftOut.has((metric as unknown as { readonly name: string }).name)) super.registerMetric(metric);
  }

  /** prom-client spells a value that is not there yet `Nan`; the format says `NaN`. */
  override async metrics(): Promise<string> {
    return (await super.metrics()).replaceAll(/^([^#].*) Nan$/gm, '$1 NaN');
  }
}
