import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Registry } from 'prom-client';

/** Something that renders metrics when Prometheus asks. */
export interface MetricSource {
  /**
   * Families in Prometheus's text format, in slices of a few ms of work each. Between two slices other calls
   * are answered, so what is rendered may change meanwhile.
   */
  render(): Iterable<string>;
}

/** All that `/metrics` shows: prom-client's registry for the process's own metrics, then every source. */
export class MetricSources {
  readonly #sources: MetricSource[] = [];

  constructor(readonly registry: Registry) {}

  add(source: MetricSource): void {
    this.#sources.push(source);
  }

  async *render(): AsyncIterable<string> {
    yield await this.registry.metrics();
    for (const source of this.#sources) {
      for (const slice of source.render()) {
        yield slice;
        await nextTurn();
      }
    }
  }
}
