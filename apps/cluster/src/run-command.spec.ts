import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeServices, freePort, servingCode } from '../test-support/fake-service.js';
import { runCommand } from './run-command.js';

let services: FakeServices;
beforeAll(async () => {
  services = await FakeServices.make();
});
afterAll(() => services[Symbol.asyncDispose]());

/** The command under way. */
class Run {
  readonly #interruption = new AbortController();
  readonly #stdout = new PassThrough({ encoding: 'utf8' });
  readonly #stderr = new PassThrough({ encoding: 'utf8' });
  readonly exitCode: Promise<number>;
  stdout = '';
  stderr = '';

  constructor(script: string, args: readonly string[], environment: Record<string, string> = {}) {
    this.#stdout.on('data', (text: string) => (this.stdout += text));
    this.#stderr.on('data', (text: string) => (this.stderr += text));
    this.exitCode = runCommand(args, {
      stdout: this.#stdout,
      stderr: this.#stderr,
      environment: { ...process.env, ...environment },
      script,
      signal: this.#interruption.signal,
    });
  }

  /** Waits until the text has been written so many times. */
  async shows(text: string, times = 1): Promise<void> {
    while (this.stdout.split(text).length <= times) await once(this.#stdout, 'data');
  }

  /** Ctrl-C. @returns the exit code */
  end(): Promise<number> {
    this.#interruption.abort();
    return this.exitCode;
  }
}

async function start(code: string, replicas: number, environment = {}): Promise<Run & { port: number }> {
  const port = await freePort();
  const args = ['--replicas', String(replicas), '--port', String(port), '--admin-port'];
  const run = new Run(await services.running(code), [...args, String(await freePort())], environment);
  return Object.assign(run, { port });
}

describe('npm run cluster', () => {
  it('starts replicas, shows where and how they are, and ends them all', async () => {
    const run = await start(servingCode, 2);
    const { port } = run;
    const line = 'ready      2 of 2 peers in sync  lag 0 events, 0 ms  7 requests held';
    await run.shows(`127.0.0.1  ${line}`);
    await run.shows(`127.0.0.2  ${line}`);
    for (const host of ['127.0.0.1', '127.0.0.2'])
      expect(run.stdout).toContain(`http://${host}:${port}  admin http://${host}:`);
    expect(await run.end()).toBe(0);
    expect(run.stderr).toBe('');
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  });

  it('tells each replica where it listens and how it finds the others, whatever the environment says', async () => {
    const names = ['METADATA_CENTER_HTTP_HOST', 'METADATA_CENTER_HTTP_PORT', 'METADATA_CENTER_LOG_LEVEL'];
    const others = [
      'METADATA_CENTER_DISCOVERY',
      'METADATA_CENTER_STATIC_PEERS',
      'POD_IP',
      'METADATA_CENTER_API_MODE',
    ];
    const values = [...names, ...others].map((name) => `process.env.${name}`).join();
    const ask = `
      import { Resolver } from 'node:dns/promises';
      const resolver = new Resolver();
      resolver.setServers([process.env.METADATA_CENTER_DNS_SERVERS]);
      const found = await resolver.resolve4(process.env.META_DATA_CENTER_SVC_DISC_HOST);
      console.log(['told', ${values}, ...found].join());`;
    const run = await start(servingCode + ask, 1, {
      POD_IP: '10.0.0.1',
      METADATA_CENTER_STATIC_PEERS: 'elsewhere:8080',
      METADATA_CENTER_API_MODE: 'strict',
    });
    await run.shows(`127.0.0.1 | told,127.0.0.1,${run.port},WARN,dns,,,strict,127.0.0.1\n`);
    expect(await run.end()).toBe(0);
  });

  it('reports a replica that dies, and starts it again', async () => {
    const run = await start(servingCode, 1);
    await run.shows('127.0.0.1  ready');
    await expect(fetch(`http://127.0.0.1:${run.port}/die`)).rejects.toThrow();
    await run.shows('127.0.0.1 ended with exit code 9; it is started again\n');
    await run.shows('127.0.0.1  ready', 2);
    expect(await run.end()).toBe(0);
  });

  it('ends with the error of a replica that can not start', async () => {
    const run = await start(
      `${servingCode} if (host === '127.0.0.2') { console.error('out of luck'); process.exit(1); }`,
      2,
    );
    expect(await run.exitCode).toBe(1);
    expect(run.stderr).toBe('cluster: 127.0.0.2 could not start: out of luck\n');
  });

  it('exits 1 where a replica does not end in order', async () => {
    const code = servingCode.replace('process.exit(0)', 'process.exit(7)');
    const run = await start(code, 1);
    await run.shows('127.0.0.1  ready');
    expect(await run.end()).toBe(1);
    expect(run.stderr).toBe('cluster: 127.0.0.1 ended with exit code 7, which is not in order\n');
  });

  it('ends in order though a replica has only just begun', async () => {
    const run = await start('setInterval(() => {}, 1000);', 2);
    expect(await run.end()).toBe(0);
    expect(run.stderr).toBe('');
  });

  it.each([
    [['--replicas', 'many'], "cluster: option '--replicas <n>' argument 'many' is invalid."],
    [[], 'none.js is missing; build it by npm run build'],
  ])('exits 2 on %j with one line', async (args, message) => {
    const run = new Run('none.js', args);
    expect(await run.exitCode).toBe(2);
    expect(run.stderr).toContain(message);
    expect(run.stderr.trimEnd()).not.toContain('\n');
  });

  it('exits 2 where a port is in use, and names the remedy', async () => {
    const first = await start(servingCode, 1);
    await first.shows('127.0.0.1  ready');
    const args = ['--replicas', '1', '--port', String(first.port)];
    const second = new Run(await services.running(servingCode), args);
    expect(await second.exitCode).toBe(2);
    expect(second.stderr).toBe(
      `cluster: 127.0.0.1 port ${first.port}: the port is in use; end what listens there, or choose another by --port\n`,
    );
    expect(await first.end()).toBe(0);
  });

  it('shows its help', async () => {
    const run = new Run('none.js', ['--help']);
    expect(await run.exitCode).toBe(0);
    expect(run.stdout).toMatch(/^Usage: npm run cluster -- \[options\]/);
  });
});
