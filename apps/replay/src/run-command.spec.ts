import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { startFakeReplica, type FakeOptions, type FakeReplica } from '../test-support/fake-replica.js';
import { systemClock } from './clock.js';
import type { StartResult } from './replica-process.js';
import { runCommand } from './run-command.js';

const fakes: FakeReplica[] = [];
afterEach(async () => {
  for (const fake of fakes.splice(0)) await fake.close();
});

interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const noReplica = (): Promise<StartResult> =>
  Promise.resolve({ ok: false, reason: 'no replica in this test' });

async function run(args: readonly string[], startReplica = noReplica): Promise<Ran> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const { signal } = new AbortController();
  const exitCode = await runCommand(args, {
    stdout,
    stderr,
    clock: systemClock,
    runId: 'run',
    signal,
    startReplica,
  });
  return { exitCode, stdout: await text(stdout.end()), stderr: await text(stderr.end()) };
}

async function fakeOf(options?: FakeOptions): Promise<FakeReplica> {
  const fake = await startFakeReplica(options);
  fakes.push(fake);
  return fake;
}

const atFullSpeed = ['--speed', 'max', '--requests', '50', '--engines', '4'];

describe('npm run replay', () => {
  it('replays against the given target and reports', async () => {
    const { target, calls } = await fakeOf();
    const { exitCode, stdout, stderr } = await run([...atFullSpeed, '--target', target]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: Array.from({ length: 10 }, (_, index) => [(index + 1) * 5, (index + 1) * 10])
        .map(([requests, percent]) => `replay: ${requests} of 50 requests (${percent} %)\n`)
        .join(''),
    });
    for (const row of [
      /trace +│ +synthetic │/,
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
    const { target } = await fakeOf({ fault: (_, index) => (index === 2 ? 'double' : undefined) });
    const { exitCode, stdout, stderr } = await run([...atFullSpeed, '--target', target]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^difference: answer \d+: 10\.0\.0\.\d queued_req_num is \d+, must be \d/m);
    expect(stdout).toMatch(/^FAILED: 0 errors, \d+ differences\.$/m);
  });

  it('exits 1 on an error and shows it', async () => {
    const { target } = await fakeOf({ fault: (_, index) => (index === 60 ? 'refuse' : undefined) });
    const { exitCode, stdout, stderr } = await run([...atFullSpeed, '--target', target]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error: \w+: HTTP 503: \{"status":"ERROR"/m);
    expect(stdout).toMatch(/^FAILED: 1 errors, 0 differences\.$/m);
  });

  it('exits 1 when nothing can be replayed, without a table', async () => {
    const { target } = await fakeOf({ fault: () => 'refuse' });
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
      const { target, calls } = await fakeOf(options);
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
    const { target } = await fakeOf();
    const stop = (): Promise<string> => Promise.resolve('it had to be killed');
    const ran = await run(atFullSpeed, () =>
      Promise.resolve({ ok: true, replica: { target, ended: undefined, stop } }),
    );
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain('replay: it had to be killed\n');
  });
});
