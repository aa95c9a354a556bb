import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { call } from './support/call.js';
import { LoadCalls } from './support/load-calls.js';
import { callsSeries, scrape } from './support/metrics.js';
import { type RunningReplica, startReplica } from './support/replica.js';

/** Section 9 of the design: names that dashboards know, and how long their series live. */
describe('/metrics', () => {
  describe('of a replica at work', () => {
    let replica: RunningReplica;
    let calls: LoadCalls;
    beforeAll(async () => {
      replica = await startReplica();
      calls = new LoadCalls(replica.url);
    });
    afterAll(() => replica.close());

    const text = async () => (await call('GET', `${replica.url}/metrics`)).text;
    const families = async () =>
      new Map(
        (await text())
          .split('\n')
          .filter((line) => line.startsWith('# TYPE '))
          .map((line) => line.split(' ').slice(2) as [string, string]),
      );

    it('is Prometheus’s text format, without the envelope', async () => {
      const { status, headers, text } = await call('GET', `${replica.url}/metrics`);
      expect(status).toBe(200);
      expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
      expect(headers['x-trace-id']).toMatch(/./);
      expect(text.endsWith('\n')).toBe(true);
    });

    it('has the names that were promised', async () => {
      await calls.record({ cluster: 'names', request_id: 'names' });
      const types = await families();
      for (const [name, type] of Object.entries({
        model_engine_count: 'gauge',
        queued_num: 'gauge',
        prompt_length: 'gauge',
        http_request_status_code_total: 'counter',
        http_request_duration_us: 'histogram',
        app_version_info: 'gauge',
        process_cpu_seconds_total: 'counter',
        process_resident_memory_bytes: 'gauge',
        nodejs_eventloop_lag_seconds: 'gauge',
        nodejs_gc_duration_seconds: 'histogram',
      })) {
        expect([name, types.get(name)]).toEqual([name, type]);
      }
    });

    it('keeps every family in one piece, with help, and no series twice', async () => {
      await calls.record({ cluster: 'pieces', request_id: 'pieces' });
      const series = new Set<string>();
      const seen = new Set<string>();
      let family = '';
      for (const line of (await text()).split('\n').filter(Boolean)) {
        const [, help] = /^# HELP ([a-z_][a-z0-9_]*) \S/.exec(line) ?? [];
        if (help !== undefined) {
          expect(seen).not.toContain(help);
          seen.add(help);
          family = help;
          continue;
        }
        if (line.startsWith('#')) {
          expect(line).toMatch(new RegExp(`^# TYPE ${family} (counter|gauge|histogram|summary)$`));
          continue;
        }
        // prom-client writes "Nan" where it has no value yet, which Prometheus reads.
        expect(line).toMatch(
          /^[a-z_][a-z0-9_]*(\{([a-z_]+="([^"\\\n]|\\[\\"n])*",?)+\})? (-?[0-9.]+(e[+-]?\d+)?|Na[nN]|\+Inf)$/,
        );
        const name = line.slice(0, line.search(/[ {]/));
        expect([name, name.replace(/_(bucket|sum|count)$/, '')]).toContain(family);
        const key = line.slice(0, line.lastIndexOf(' '));
        expect(series).not.toContain(key);
        series.add(key);
      }
      expect(series.size).toBeGreaterThan(50);
    });

    it('shows each engine’s load, and the engines of each model', async () => {
      await calls.record({ cluster: 'm', request_id: 'm1', ip: '10.0.0.1', prompt_length: 5 });
      await calls.record({ cluster: 'm', request_id: 'm2', ip: '10.0.0.1', prompt_length: 7 });
      await calls.record({ cluster: 'm', request_id: 'm3', ip: '10.0.0.2', prompt_length: 9 });
      await calls.release({ request_id: 'm1' });
      const values = await scrape(replica.url);
      expect([...values].filter(([series]) => series.includes('"m"'))).toEqual([
        ['model_engine_count{model_name="m"}', 2],
        ['queued_num{model_name="m",engine_ip="10.0.0.1"}', 2],
        ['queued_num{model_name="m",engine_ip="10.0.0.2"}', 1],
        ['prompt_length{model_name="m",engine_ip="10.0.0.1"}', 7],
        ['prompt_length{model_name="m",engine_ip="10.0.0.2"}', 9],
        ['metadata_center_prefill_requests{model_name="m",engine_ip="10.0.0.1"}', 1],
        ['metadata_center_prefill_requests{model_name="m",engine_ip="10.0.0.2"}', 1],
      ]);
    });

    it('does not stop at int32, as answers must', async () => {
      for (const id of ['big-1', 'big-2']) {
        await calls.record({ cluster: 'big', request_id: id, prompt_length: 2_147_483_647 });
      }
      const values = await scrape(replica.url);
      expect(values.get('prompt_length{model_name="big",engine_ip="10.0.0.1"}')).toBe(4_294_967_294);
    });

    it('shows the release and that the replica is ready', async () => {
      const values = await scrape(replica.url);
      expect(values.get('app_version_info{version="0.1.0"}')).toBe(1);
      expect(values.get('metadata_center_ready')).toBe(1);
    });

    it.each(['quote"', 'back\\slash', '{brace="x"}', 'ünï 模型', 'a,b=c#d', '\\n'])(
      'escapes the cluster name %j',
      async (cluster) => {
        await calls.record({ cluster, request_id: cluster });
        const label = cluster.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
        const values = await scrape(replica.url);
        expect(values.get(`model_engine_count{model_name="${label}"}`)).toBe(1);
        expect(values.get(`queued_num{model_name="${label}",engine_ip="10.0.0.1"}`)).toBe(1);
      },
    );
  });

  describe('of calls', () => {
    let replica: RunningReplica;
    let calls: LoadCalls;
    beforeAll(async () => {
      replica = await startReplica();
      calls = new LoadCalls(replica.url);
    });
    afterAll(() => replica.close());

    it('counts them by template, method and status, and never by path', async () => {
      await calls.record({ request_id: 'a' });
      await calls.record({ request_id: 'a' });
      await calls.record({ request_id: '' });
      await calls.release({ request_id: 'a' });
      await calls.remove({ request_id: 'a' });
      await calls.query('secret-name');
      await call('GET', `${replica.url}/secret/path?x=1`);
      await call('GET', `${replica.url}/%zz`);
      await call('PUT', `${replica.url}/v1/load/stats`);
      await call('GET', `${replica.url}/v1/load/%73tats?cluster=c`);
      await scrape(replica.url);
      const values = await scrape(replica.url);
      const counts = [...values].filter(([series]) => series.startsWith('http_request_status_code_total'));
      expect(Object.fromEntries(counts)).toEqual({
        [callsSeries('/v1/load/stats', 'POST', 200)]: 2,
        [callsSeries('/v1/load/stats', 'POST', 400)]: 1,
        [callsSeries('/v1/load/prompt', 'DELETE', 200)]: 1,
        [callsSeries('/v1/load/stats', 'DELETE', 200)]: 1,
        [callsSeries('/v1/load/stats', 'GET', 200)]: 2,
        [callsSeries('unmatched', 'GET', 404)]: 1,
        [callsSeries('unmatched', 'GET', 400)]: 1,
        [callsSeries('unmatched', 'PUT', 405)]: 1,
        [callsSeries('/metrics', 'GET', 200)]: 1,
      });
      expect([...values.keys()].join('\n')).not.toMatch(/secret|%/);
    });

    it('shows how long they took as a histogram in µs', async () => {
      for (let i = 0; i < 5; i++) await call('GET', `${replica.url}/healthz`);
      const values = await scrape(replica.url);
      const labels = 'method="GET",url="/healthz"';
      const buckets = [...values].filter(([series]) =>
        series.startsWith(`http_request_duration_us_bucket{${labels}`),
      );
      const bounds = buckets.map(([series]) => /le="(.+)"/.exec(series)![1]!);
      expect(bounds.at(-1)).toBe('+Inf');
      const numbers = bounds.slice(0, -1).map(Number);
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      const counts = buckets.map(([, count]) => count);
      expect(counts).toEqual(counts.toSorted((a, b) => a - b));
      expect(counts.at(-1)).toBe(5);
      expect(values.get(`http_request_duration_us_count{${labels}}`)).toBe(5);
      expect(values.get(`http_request_duration_us_sum{${labels}}`)).toBeGreaterThan(0);
    });

    it('has no more series however many paths, queries and names are asked for', async () => {
      const ask = (i: number) =>
        Promise.all([
          call('GET', `${replica.url}/unknown/${i}`),
          call('POST', `${replica.url}/unknown-${i}`, '{}'),
          call('GET', `${replica.url}/docs/unknown-${i}`),
          call('GET', `${replica.url}/%zz${i}`),
          calls.query(`unknown-${i}`),
          calls.remove({ request_id: `unknown-${i}` }),
        ]);
      const ours = async () =>
        [...(await scrape(replica.url)).keys()]
          .filter((series) => !/^(nodejs|process)_/.test(series))
          .toSorted();
      await ask(0);
      await ours();
      const before = await ours();
      for (let i = 1; i <= 50; i++) await ask(i);
      expect(await ours()).toEqual(before);
    });
  });

  describe('over time and size', () => {
    let replica: RunningReplica | undefined;
    afterEach(() => replica?.close());

    it('loses the series of engines and clusters that are gone', async () => {
      replica = await startReplica();
      const { clock, url } = replica;
      const calls = new LoadCalls(url);
      const ofEngines = async () =>
        [...(await scrape(url)).keys()].filter((series) => series.includes('model_name=')).length;
      await calls.record({ request_id: 'a', ip: '10.0.0.1' });
      await calls.record({ request_id: 'b', ip: '10.0.0.2' });
      expect(await ofEngines()).toBe(7);
      await calls.remove({ request_id: 'a' });
      clock.advance(599_999);
      expect(await ofEngines()).toBe(7);
      clock.advance(1);
      await vi.waitFor(async () => expect(await ofEngines()).toBe(4));
      const values = await scrape(url);
      expect(values.get('metadata_center_expired_requests_total')).toBe(1);
      expect(values.get('queued_num{model_name="c",engine_ip="10.0.0.2"}')).toBe(0);
      clock.advance(600_000);
      await vi.waitFor(async () => expect(await ofEngines()).toBe(0));
      const held = await scrape(url);
      for (const kind of ['requests', 'engines', 'clusters', 'tombstones']) {
        expect([kind, held.get(`metadata_center_held{kind="${kind}"}`)]).toEqual([kind, 0]);
      }
    });

    it('has series of so many engines at most, and says how many are left out', async () => {
      replica = await startReplica({ METADATA_CENTER_MAX_METRIC_ENGINES: '2' });
      const calls = new LoadCalls(replica.url);
      const queued = async () =>
        [...(await scrape(replica!.url)).keys()].filter((series) => series.startsWith('queued_num{'));
      const omitted = async () => (await scrape(replica!.url)).get('metadata_center_metric_engines_omitted');
      for (const [i, cluster] of ['a', 'a', 'b', 'b', 'c'].entries()) {
        await calls.record({ cluster, request_id: String(i), ip: `10.0.0.${i}` });
        expect(await queued()).toHaveLength(Math.min(i + 1, 2));
        expect(await omitted()).toBe(Math.max(0, i - 1));
      }
      const values = await scrape(replica.url);
      expect(values.get('model_engine_count{model_name="b"}')).toBe(2);
    });
  });
});
