import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { LoadCalls } from '../e2e/support/load-calls.js';
import { Loopback } from './support/loopback.js';
import { until } from './support/until.js';

const program = 'dist/apps/cluster/src/main.js';

describe('npm run cluster', () => {
  let command: ChildProcess | undefined;
  let shown = '';
  afterEach(() => command?.kill('SIGKILL'));

  it('runs three replicas that are one service, until Ctrl-C', { timeout: 120_000 }, async () => {
    const ports = [(await Loopback.find()).port, (await Loopback.find()).port];
    const args = ['--port', String(ports[0]), '--admin-port', String(ports[1])];
    command = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    command.stdout!.setEncoding('utf8').on('data', (text: string) => (shown += text));
    const hosts = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];
    for (const host of hosts)
      await until(`${host} is in sync`, () => shown.includes(`${host}  ready      2 of 2 peers in sync`));

    const [first, second, third] = hosts.map((host) => new LoadCalls(`http://${host}:${ports[0]}`));
    await first!.record({ request_id: 'a', prompt_length: 5 });
    for (const replica of [second!, third!])
      await until('the others know of it', async () => (await replica.counts('c')).join() === '1,1,5');

    const ended = once(command, 'exit');
    command.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    await expect(first!.query('c')).rejects.toThrow();
  });
});
