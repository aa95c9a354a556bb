import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FakeOptions, FakeReplica, SeenCall } from '../test-support/fake-replica.js';
import { Fakes } from '../test-support/fakes.js';
import { ManualClock } from '../test-support/manual-clock.js';
import { noReplica, runReplay as run } from '../test-support/run-replay.js';
import { addressOf } from './fleet/replica-address.js';

const fakes = new Fakes();

async function threeFakes(
  optionsOf?: (place: number) => FakeOptions,
): Promise<{ readonly three: readonly FakeReplica[]; readonly list: string }> {
  const three = await fakes.startThree(optionsOf);
  return { three, list: three.map(({ target }) => target).join(',') };
}

const busyRow = { ip: '10.0.0.1', queued_req_num: 1, prefill_req_num: 0, prompt_length: 0 };
const refuseRemovals = ({ method, url }: SeenCall): 'refuse' | undefined =>
  method === 'DELETE' && url === '/v1/load/stats' ? 'refuse' : undefined;

/** A busy machine is no slow replica. */
const patient = ['--timeout', '10s'];
const atFullSpeed = ['--speed', 'max', '--requests', '50', '--engines', '4', ...patient];

describe('npm run replay', () => {
  it('replays against the given target and reports', async () => {
    const { target, calls } = await fakes.start();
    const { exitCode, stdout, stderr } = await run([...atFullSpeed, '--target', target]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: Array.from({ length: 10 }, (_, index) => [(index + 1) * 5, (index + 1) * 10])
        .map(([requests, percent]) => `replay: ${requests} of 50 requests (${percent} %)\n`)
        .join(''),
    });
    for (const row of [
      /trace +│ +synthetic │/,
      /choice of engines +│ +least-loaded │/,
      /prefix blocks +│ the trace has no prefixes │/,
      /requests +│ +50 │/,
      /calls +│ +200 │/,
      /calls\/s +│ +[\d,]+ │/,
      /largest spread of queued requests between engines +│ +\d+ │/,
      /mean spread of queued requests between engines +│ +\d+\.\d\d │/,
      /differences +│ +0 │/,
      /errors +│ +0 │/,
      /call +│ +calls │ errors │ p50 ms │ p99 ms │ max ms │/,
      /query +GET \/v1\/load\/stats +│ +50 │ +0 │ +\d+\.\d\d │ +\d+\.\d\d │ +\d+\.\d\d │/,
      /remove +DELETE \/v1\/load\/stats +│ +50 │ +0 │/,
      /^No error, no difference\.$/m,
    ]) {
      expect(stdout).toMatch(row);
    }
    expect(calls[0]?.url).toBe('/v1/load/stats?cluster=replay-run');
  });

  it('exits 1 on a difference and shows it', async () => {
    const { target } = await fakes.start({ fault: (_, index) => (index === 2 ? 'double' : undefined) });
    const { exitCode, stdout, stderr } = await run([...atFullSpeed, '--target', target]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^difference: answer \d+: 10\.0\.0\.\d queued_req_num is \d+, must be \d/m);
    expect(stdout).toMatch(/^FAILED: 0 errors, \d+ differences\.$/m);
  });

  it('exits 1 on an error and shows it', async () => {
    const { target } = await fakes.start({ fault: (_, index) => (index === 60 ? 'refuse' : undefined) });
    const { exitCode, stdout, stderr } = await run([...atFullSpeed, '--target', target]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error: \w+: HTTP 503: \{"status":"ERROR"/m);
    expect(stdout).toMatch(/^FAILED: 1 errors, 0 differences\.$/m);
  });

  it('exits 1 when nothing can be replayed, without a table', async () => {
    const { target } = await fakes.start({ fault: () => 'refuse' });
    const { exitCode, stdout, stderr } = await run([...atFullSpeed, '--target', target]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^replay: http.* gives no load \(is it running there\?\): HTTP 503: .*\n$/);
  });

  it.each([
    [['--speed', 'fast'], "replay: option '--speed <x>' argument 'fast' is invalid."],
    [['--trace', '/none/such'], "replay: --trace /none/such can't be read: ENOENT"],
  ])('exits 2 on %j with one line', async (args, message) => {
    const { exitCode, stdout, stderr } = await run(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr.trimEnd()).not.toContain('\n');
  });

  it('shows its help', async () => {
    const { exitCode, stdout, stderr } = await run(['--help']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: npm run replay -- \[options\]/);
  });

  it('starts a replica where no target is given, and stops it whatever happens', async () => {
    for (const [options, exitCode] of [
      [{}, 0],
      [{ fault: () => 'refuse' as const }, 1],
    ] as const) {
      const { target, calls } = await fakes.start(options);
      let stops = 0;
      const stop = async (): Promise<undefined> => void stops++;
      const ran = await run(atFullSpeed, () =>
        Promise.resolve({ ok: true, replica: { target, ended: undefined, stop } }),
      );
      expect(ran.exitCode).toBe(exitCode);
      expect(calls.length).toBeGreaterThan(0);
      expect(stops).toBe(1);
    }
  });

  it('exits 1 when the replica does not start, or does not end well', async () => {
    expect(await run(atFullSpeed)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'replay: no replica in this test\n',
    });
    const { target } = await fakes.start();
    const stop = (): Promise<string> => Promise.resolve('it had to be killed');
    const ran = await run(atFullSpeed, () =>
      Promise.resolve({ ok: true, replica: { target, ended: undefined, stop } }),
    );
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain('replay: it had to be killed\n');
  });

  it('reports of several replicas, and that all went well', async () => {
    const { list } = await threeFakes();
    const { exitCode, stdout, stderr } = await run([...atFullSpeed, '--target', list, '--clusters', '6']);
    expect(exitCode).toBe(0);
    expect(stderr).not.toMatch(/error|difference/);
    for (const row of [
      /replicas +│ +3 │/,
      /clusters +│ +6 │/,
      /replica +│ calls │ time-outs │ other failures │ retries taken │ errors │ right after │/,
      /127\.0\.0\.2:\d+ │ +\d+ │ +0 │ +0 │ +0 │ +0 │ +\d+ ms │/,
      /^No error, no time-out, no difference; all replicas right \d+ ms after the last call\.$/m,
    ]) {
      expect(stdout).toMatch(row);
    }
  });

  it('tells of retries that helped, which fail nothing', async () => {
    const fault = (_: SeenCall, index: number): 'hang up' | undefined =>
      index === 9 ? 'hang up' : undefined;
    const { list } = await threeFakes((place) => (place === 1 ? { fault } : {}));
    const { exitCode, stdout } = await run([...atFullSpeed, '--target', list, '--clusters', '6']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^No error, 0 time-outs, 1 calls retried with success, no difference; all/m);
  });

  it('fails when a replica is not right in the end, and says which', async () => {
    let answers = 0;
    const distort: FakeOptions['distort'] = (rows) => (answers++ === 0 ? rows : [busyRow]);
    const { three, list } = await threeFakes((place) => (place === 2 ? { distort } : {}));
    const { exitCode, stdout, stderr } = await run(
      [...atFullSpeed, '--target', list],
      noReplica,
      new ManualClock(),
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      `at the end: ${addressOf(three[2]!.target)}: 10.0.0.1 queued_req_num is 1, must be 0\n`,
    );
    expect(stdout).toMatch(/^FAILED: 0 errors, \d+ differences; 1 of 3 replicas not right within 3 s\.$/m);
  });

  it('lets faults that are tolerated fail nothing as long as the end is right', async () => {
    const { list } = await threeFakes(() => ({ fault: refuseRemovals }));
    const strict = await run([...atFullSpeed, '--target', list]);
    expect(strict.exitCode).toBe(1);
    expect(strict.stdout).toMatch(/^FAILED: \d+ errors, 0 differences/m);
    const tolerant = await run(
      [...atFullSpeed, '--target', list, '--tolerate-faults', '--cluster', 'other'],
      noReplica,
    );
    expect(tolerant.exitCode).toBe(0);
    expect(tolerant.stdout).toMatch(/of these, in doubt: the removal failed +│ +50 │/);
    expect(tolerant.stdout).toMatch(/^Faults tolerated: 50 errors, 0 differences; all replicas right/m);
  });

  it('reports the rate that was offered and reached, and writes everything as JSON', async () => {
    const { list, three } = await threeFakes();
    const directory = await mkdtemp(join(tmpdir(), 'replay-json-'));
    const json = join(directory, 'report.json');
    const paced = [
      '--rate',
      '200',
      '--duration',
      '500ms',
      '--in-flight',
      '4',
      '--requests',
      '30',
      '--engines',
      '4',
    ];
    const { exitCode, stdout } = await run([...paced, '--target', list, '--cluster', 'c', '--json', json]);
    const report: unknown = JSON.parse(await readFile(json, 'utf8'));
    await rm(directory, { recursive: true });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/rate offered +│ +200 requests\/s │\n│ rate reached +│ +[\d.]+ requests\/s │/);
    const number = expect.any(Number) as number;
    const latency = { calls: 100, failed_calls: 0, p50_ms: number, p99_ms: number, max_ms: number };
    const attempts = { attempts: number, retries: 0, timeouts: 0, other_failures: 0 };
    expect(report).toEqual({
      end: 'played',
      clean: true,
      reason: null,
      trace: 'synthetic',
      clusters: ['c'],
      engines: 4,
      choice: 'least-loaded',
      speed: null,
      rate_offered_per_s: 200,
      rate_reached_per_s: number,
      largest_delay_ms: number,
      elapsed_ms: number,
      requests: 100,
      calls: 400,
      failed_calls: 0,
      differences: 0,
      mean_spread: number,
      largest_spread: number,
      prefixes: null,
      comparisons: 103,
      exact_comparisons: number,
      requests_with_failed_calls: 0,
      requests_in_doubt: 0,
      first_ids_in_doubt: [],
      first_problems: [],
      ...attempts,
      compared_with: null,
      agreed: true,
      replicas: three.map(({ target }) =>
        expect.objectContaining({
          ...attempts,
          address: addressOf(target),
          target,
          wrong: [],
          right_after_ms: number,
        }),
      ),
      latencies: { query: latency, record: latency, release: latency, remove: latency },
    });
  });

  it('exits 2 before anything else where the JSON can not be written', async () => {
    const { target, calls } = await fakes.start();
    const { exitCode, stderr } = await run([...atFullSpeed, '--target', target, '--json', '/none/such.json']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^replay: --json \/none\/such\.json can't be written: ENOENT.*\n$/);
    expect(calls).toEqual([]);
  });
});
