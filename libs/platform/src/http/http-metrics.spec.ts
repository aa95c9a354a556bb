import { describe, expect, it } from 'vitest';
import { HttpMetrics } from './http-metrics.js';

const rendered = (metrics: HttpMetrics) => [...metrics.render()].join('').split('\n');

describe('HttpMetrics', () => {
  it('counts calls by route, method and status', () => {
    const metrics = new HttpMetrics();
    metrics.record('GET', '/a', 200, 1);
    metrics.record('GET', '/a', 200, 1);
    metrics.record('GET', '/a', 404, 1);
    metrics.record('POST', '/a', 200, 1);
    metrics.record('GET', '/b', 200, 1);
    expect(rendered(metrics).filter((line) => line.startsWith('http_request_status_code_total'))).toEqual([
      'http_request_status_code_total{url="/a",method="GET",status_code="200"} 2',
      'http_request_status_code_total{url="/a",method="GET",status_code="404"} 1',
      'http_request_status_code_total{url="/a",method="POST",status_code="200"} 1',
      'http_request_status_code_total{url="/b",method="GET",status_code="200"} 1',
    ]);
  });

  it('puts a duration into every bucket whose bound it does not exceed', () => {
    const metrics = new HttpMetrics();
    for (const us of [0, 50, 51, 100_000, 10_000_001]) metrics.record('GET', '/a', 200, us);
    const value = (series: string) =>
      rendered(metrics)
        .find((line) => line.startsWith(`${series} `))
        ?.split(' ')[1];
    const bucket = (le: string) => value(`http_request_duration_us_bucket{method="GET",url="/a",le="${le}"}`);
    expect(['50', '100', '50000', '100000', '10000000', '+Inf'].map(bucket)).toEqual([
      '2',
      '3',
      '3',
      '4',
      '4',
      '5',
    ]);
    expect(value('http_request_duration_us_count{method="GET",url="/a"}')).toBe('5');
    expect(value('http_request_duration_us_sum{method="GET",url="/a"}')).toBe('10100102');
  });

  it.each([
    50, 100, 250, 500, 1_000, 2_000, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 10_000_000,
  ])('counts a call of exactly %s µs in the bucket of that bound, and one a µs longer above it', (bound) => {
    const metrics = new HttpMetrics();
    const inBucket = `http_request_duration_us_bucket{method="GET",url="/a",le="${bound}"}`;
    metrics.record('GET', '/a', 200, bound);
    expect(rendered(metrics)).toContain(`${inBucket} 1`);
    metrics.record('GET', '/a', 200, bound + 1);
    expect(rendered(metrics)).toContain(`${inBucket} 1`);
  });

  it('names its families when nothing was called yet', () => {
    expect(rendered(new HttpMetrics()).filter((line) => line.startsWith('# TYPE'))).toEqual([
      '# TYPE http_request_status_code_total counter',
      '# TYPE http_request_duration_us histogram',
    ]);
  });
});
