import { family, sample } from '../metrics/exposition.js';
import type { MetricSource } from '../metrics/metric-sources.js';

/** Upper bounds of the latency histogram's buckets, in µs; the Go predecessor's three are among them. */
const bucketsUs = [
  50, 100, 250, 500, 1_000, 2_000, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 10_000_000,
] as const;

class RouteMetrics {
  readonly countByStatus = new Map<number, number>();
  /** Calls in each bucket, those above all bounds last; not cumulative. */
  readonly countByBucket: number[] = Array.from<number>({ length: bucketsUs.length + 1 }).fill(0);
  count = 0;
  sumUs = 0;
}

/**
 * Calls by route, method and status. Written on every call, so it costs two look-ups and no allocation; labels
 * and text are made when somebody asks. The number of series is bounded by routes × methods × statuses.
 */
export class HttpMetrics implements MetricSource {
  readonly #routes = new Map<string, Map<string, RouteMetrics>>();

  record(method: string, route: string, status: number, latencyUs: number): void {
    const metrics = this.#metricsOf(method, route);
    metrics.count++;
    metrics.sumUs += latencyUs;
    metrics.countByStatus.set(status, (metrics.countByStatus.get(status) ?? 0) + 1);
    let bucket = 0;
    while (bucket < bucketsUs.length && latencyUs > bucketsUs[bucket]!) bucket++;
    metrics.countByBucket[bucket]!++;
  }

  *render(): Iterable<string> {
    yield [...this.#statusLines()].join('');
    yield [...this.#durationLines()].join('');
  }

  *#statusLines(): Iterable<string> {
    const name = 'http_request_status_code_total';
    yield family(name, 'counter', 'HTTP requests by route, method and status code');
    for (const [route, method, { countByStatus }] of this.#all()) {
      for (const [status, count] of countByStatus) {
        yield sample(name, { url: route, method, status_code: String(status) }, count);
      }
    }
  }

  *#durationLines(): Iterable<string> {
    const name = 'http_request_duration_us';
    yield family(name, 'histogram', 'Duration of HTTP requests in microseconds');
    for (const [url, method, { countByBucket, count, sumUs }] of this.#all()) {
      let cumulative = 0;
      for (const [i, bound] of bucketsUs.entries()) {
        cumulative += countByBucket[i]!;
        yield sample(`${name}_bucket`, { method, url, le: String(bound) }, cumulative);
      }
      yield sample(`${name}_bucket`, { method, url, le: '+Inf' }, count);
      yield sample(`${name}_sum`, { method, url }, Math.round(sumUs));
      yield sample(`${name}_count`, { method, url }, count);
    }
  }

  *#all(): Iterable<[route: string, method: string, RouteMetrics]> {
    for (const [route, methods] of this.#routes) {
      for (const [method, metrics] of methods) yield [route, method, metrics];
    }
  }

  #metricsOf(method: string, route: string): RouteMetrics {
    let methods = this.#routes.get(route);
    if (methods === undefined) {
      methods = new Map();
      this.#routes.set(route, methods);
    }
    let metrics = methods.get(method);
    if (metrics === undefined) {
      metrics = new RouteMetrics();
      methods.set(method, metrics);
    }
    return metrics;
  }
}
