import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conversations } from '../test-support/conversations.js';
import { Fakes } from '../test-support/fakes.js';
import { runReplay } from '../test-support/run-replay.js';
import { isLocate } from '../test-support/seen-calls.js';

const fakes = new Fakes();
const { requests, blocks } = conversations();
let directory: string;
let trace: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'replay-prefixes-'));
  trace = join(directory, 'trace.jsonl');
  const lines = requests.map(({ arrivalMs, inputTokens, outputTokens, hashIds = [] }) =>
    JSON.stringify({
      timestamp: arrivalMs,
      input_length: inputTokens,
      output_length: outputTokens,
      hash_ids: [...hashIds],
    }),
  );
  await writeFile(trace, lines.join('\n'));
});
afterAll(() => rm(directory, { recursive: true }));

const atFullSpeed = ['--speed', 'max', '--engines', '8', '--timeout', '10s'];
const clusterOf = (body: string): string => (JSON.parse(body) as { cluster: string }).cluster;

describe('npm run replay with a trace that has prefixes', () => {
  it('plays it by both choices and shows them side by side', async () => {
    const { target, calls } = await fakes.start();
    const { exitCode, stdout, stderr } = await runReplay([
      ...atFullSpeed,
      '--trace',
      trace,
      '--target',
      target,
    ]);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(
      /^replay: least-loaded, 1 of 2\n(replay: \d+ of 200 .*\n)+replay: cache-aware, 2 of 2\n/,
    );
    for (const row of [
      /trace +│ +trace\.jsonl \(Mooncake\) │/,
      /choice of engines +│ +least-loaded │ +cache-aware │/,
      /calls +│ +1,200 │ +1,200 │/,
      /hit ratio +│ +\d+\.\d\d % │ +\d+\.\d\d % │/,
      /mean spread of queued requests between engines +│ +\d+\.\d\d │ +\d+\.\d\d │/,
      /errors +│ +0 │ +0 │/,
      /^least-loaded:\n(.*\n)+.* locate +POST \/v1\/cache\/query +│ +200 │ +0 │(.*\n)+cache-aware:\n/m,
      /save +POST \/v1\/cache\/save +│ +200 │ +0 │/,
    ]) {
      expect(stdout).toMatch(row);
    }
    const all = blocks.toLocaleString('en-US');
    expect(stdout).toMatch(new RegExp(`prefix blocks of all prompts +│ +${all} │ +${all} │`));
    expect(stdout.match(/^No error, no difference\.$/gm)).toHaveLength(1);
    const clusters = calls.filter(isLocate).map(({ body }) => clusterOf(body));
    expect([...new Set(clusters)]).toEqual(['replay-run-least-loaded', 'replay-run-cache-aware']);
  });

  it.each([
    [['--choice', 'least-loaded'], 'least-loaded'],
    [['--choice', 'cache-aware'], 'cache-aware'],
    [['--rate', '500', '--in-flight', '10'], 'cache-aware'],
  ])('plays it once with %j', async (flags, choice) => {
    const { target, calls } = await fakes.start();
    const args = [...atFullSpeed, '--trace', trace, '--target', target, '--cluster', 'c', ...flags];
    const { exitCode, stdout } = await runReplay(args);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`choice of engines +│ +${choice} │\\n`));
    expect(stdout).toMatch(/of these, held by the chosen engine +│ +[\d,]+ │\n/);
    expect(calls.filter((call) => isLocate(call) && clusterOf(call.body) === 'c')).toHaveLength(200);
  });

  it('writes both as JSON, and is clean only if both were', async () => {
    const refused = {
      fault: (call: { url: string; body: string }): 'refuse' | undefined =>
        call.url === '/v1/cache/save' && call.body.includes('"c-least-loaded"') ? 'refuse' : undefined,
    };
    const { target } = await fakes.start(refused);
    const json = join(directory, 'report.json');
    const args = [...atFullSpeed, '--trace', trace, '--target', target, '--cluster', 'c', '--json', json];
    const { exitCode, stdout } = await runReplay(args);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /^least-loaded: FAILED: 200 errors, 0 differences\.\ncache-aware: No error, no difference\.$/m,
    );
    const report = JSON.parse(await readFile(json, 'utf8')) as {
      compared_with: { latencies: object };
      latencies: object;
    };
    const number = expect.any(Number) as number;
    const prefixes = { requests: 200, hits: number, blocks, hit_blocks: number, hit_ratio: number };
    expect(report).toMatchObject({
      end: 'played',
      clean: false,
      choice: 'cache-aware',
      clusters: ['c-cache-aware'],
      failed_calls: 0,
      prefixes,
      mean_spread: number,
      compared_with: {
        clean: false,
        choice: 'least-loaded',
        failed_calls: 200,
        prefixes: { ...prefixes, hits: 0, hit_blocks: 0, hit_ratio: 0 },
        latencies: { save: { calls: 200, failed_calls: 200 } },
      },
    });
    const kinds = ['locate', 'query', 'record', 'release', 'remove', 'save'];
    expect(Object.keys(report.latencies)).toEqual(kinds);
  });

  it('does not go on to the second choice where the first one can not be played', async () => {
    const { target, calls } = await fakes.start({ fault: () => 'refuse' });
    const { exitCode, stdout, stderr } = await runReplay([
      ...atFullSpeed,
      '--trace',
      trace,
      '--target',
      target,
    ]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^replay: least-loaded, 1 of 2\nreplay: http.* gives no load/);
    expect(calls).toHaveLength(1);
  });
});
