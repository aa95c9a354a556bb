import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from './support/call.js';
import { type RunningReplica, startReplica } from './support/replica.js';

/** Names that others chose, so that their dashboards work: the user's, and the Go service's (design, section 9). */
const givenNames = new Set([
  'model_engine_count',
  'http_request_status_code_total',
  'http_request_duration_us',
  'queued_num',
  'prompt_length',
  'app_version_info',
  'replication_latency_ms',
  'metacenter_node_alive',
  'dns_lookup_hosts',
]);

/** Advice of promtool's that is not followed, one line each: `name what promtool says`. */
const allowed = readFileSync(new URL('metrics-lint-allowed.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter(Boolean);

const hostileClusters = ['back\\slash "quoted" {brace="1"} 1\\n', '模型 \u{1f600} # HELP x y'];

const promtool = (input: string) => spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
const isAbsent = spawnSync('promtool', ['--version']).error !== undefined;

describe('the list of advice not followed', () => {
  it('holds names only that are given', () => {
    expect(allowed.map((line) => line.split(' ')[0]).filter((name) => !givenNames.has(name!))).toEqual([]);
  });
});

// Without promtool these are skipped on a developer's machine, and fail where a change is judged.
const isSkipped = isAbsent && process.env['CI'] !== 'true';
const title = isSkipped ? 'promtool, which is not here (apt-get install prometheus),' : 'promtool';

describe.skipIf(isSkipped)(title, () => {
  let replica: RunningReplica;
  beforeAll(async () => {
    // A host that is looked up, and a peer, which is not there.
    replica = await startReplica({
      META_DATA_CENTER_SVC_DISC_HOST: 'localhost',
      METADATA_CENTER_STATIC_PEERS: '127.0.0.1:9',
    });
  });
  afterAll(() => replica.close());

  it('reads all of /metrics, and has no advice but what is allowed', async () => {
    expect(isAbsent, 'promtool must be installed where CI=true').toBe(false);
    await callEveryRoute(replica.url);
    const { text } = await call('GET', `${replica.url}/metrics`);
    for (const name of [
      'queued_num',
      'prompt_length',
      'http_request_duration_us_bucket',
      'process_cpu_seconds_total',
      'replication_latency_ms_bucket',
      'dns_lookup_hosts',
      'metadata_center_replication_lag_seconds',
    ]) {
      expect(text).toMatch(new RegExp(`^${name}[ {]`, 'm'));
    }
    const { status, stdout, stderr } = promtool(text);
    const advice = stderr.split('\n').filter(Boolean);
    expect(advice.filter((line) => !allowed.includes(line))).toEqual([]);
    // 0: nothing to say, 3: advice; anything else: it could not be read.
    expect([stdout, status]).toEqual(['', advice.length === 0 ? 0 : 3]);
  });

  it('would find a label that is not escaped', () => {
    expect(promtool('# TYPE x gauge\nx{a="b"c"} 1\n').status).toBe(1);
  });
});

async function callEveryRoute(url: string): Promise<void> {
  for (const [i, cluster] of hostileClusters.entries()) {
    const request = { cluster, request_id: `r${i}`, ip: '10.0.0.1', prompt_length: 512 };
    expect((await call('POST', `${url}/v1/load/stats`, request)).status).toBe(200);
    await call('POST', `${url}/v1/load/stats`, { ...request, request_id: `s${i}`, ip: '10.0.0.2' });
    await call('GET', `${url}/v1/load/stats?cluster=${encodeURIComponent(cluster)}`);
    await call('DELETE', `${url}/v1/load/prompt`, { request_id: `s${i}` });
    await call('DELETE', `${url}/v1/load/stats`, { request_id: `s${i}` });
  }
  await call('POST', `${url}/v1/load/stats`, '{');
  await call('POST', `${url}/log/level`, { LevelParam: 'INFO' });
  for (const path of ['healthz', 'readyz', 'metrics', 'docs-json', 'no/such"route'])
    await call('GET', `${url}/${path}`);
}
