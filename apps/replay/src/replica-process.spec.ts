import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startReplica, type Replica, type StartResult } from './replica-process.js';

let directory: string;
const running: Replica[] = [];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'replay-replica-'));
});
afterAll(() => rm(directory, { recursive: true }));
afterEach(async () => {
  for (const replica of running.splice(0)) await replica.stop();
});

interface Timeouts {
  readonly readyTimeoutMs?: number;
  readonly stopTimeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Starts a process that runs `code`. */
async function start(code: string, timeouts: Timeouts = {}): Promise<StartResult> {
  const script = join(directory, `${running.length}.mjs`);
  await writeFile(script, code);
  const { signal } = new AbortController();
  const result = await startReplica({
    script,
    readyTimeoutMs: 15_000,
    stopTimeoutMs: 15_000,
    signal,
    ...timeouts,
  });
  if (result.ok) running.push(result.replica);
  return result;
}

async function replicaOf(code: string, timeouts?: Timeouts): Promise<Replica> {
  const result = await start(code, timeouts);
  if (!result.ok) throw new Error(result.reason);
  return result.replica;
}

const sayReady = `console.log(JSON.stringify({ level: 30, msg: 'ready', apiPort: 4321 }));`;
const runOn = 'setInterval(() => undefined, 1000);';
const exitCleanly = `process.on('SIGTERM', () => process.exit(0));`;

describe('startReplica', () => {
  it('waits for the line that says ready, among others, and ends the process by SIGTERM', async () => {
    const chatter = `console.log('plain text "ready"'); console.log('{"msg":"ready for more"}'); console.log('{"msg":"ready"}');`;
    const replica = await replicaOf(`${exitCleanly} ${chatter} ${sayReady} ${runOn}`);
    expect(replica.target).toBe('http://127.0.0.1:4321');
    expect(replica.ended).toBeUndefined();
    expect(await replica.stop()).toBeUndefined();
  });

  it('gives it loopback, free ports, a JSON log and no peers', async () => {
    const peers = ['DISCOVERY', 'DNS_SERVERS', 'STATIC_PEERS'];
    const names = ['HTTP_HOST', 'HTTP_PORT', 'ADMIN_PORT', 'LOG_LEVEL', 'LOG_FORMAT', ...peers];
    const values = names.map((name) => `process.env.METADATA_CENTER_${name}`);
    for (const name of peers) process.env[`METADATA_CENTER_${name}`] = 'elsewhere';
    const result = await start(`console.error([${values.join()}].join()); process.exit(3)`);
    for (const name of peers) delete process.env[`METADATA_CENTER_${name}`];
    expect(result).toEqual({
      ok: false,
      reason: 'the replica did not start: exit code 3; its last line: 127.0.0.1,0,0,INFO,json,,,',
    });
  });

  it('gives the message of a crash, not what Node prints below it', async () => {
    expect(await start(`throw new Error('no port is free')`)).toEqual({
      ok: false,
      reason: 'the replica did not start: exit code 1; its last line: Error: no port is free',
    });
  });

  it('gives up on one that never says ready', async () => {
    const result = await start(`console.error('still loading'); ${runOn}`, { readyTimeoutMs: 300 });
    expect(result).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/not ready within 0\.3 s/) as string,
    });
  });

  it('stops waiting when interrupted', async () => {
    const result = await start(runOn, { signal: AbortSignal.timeout(50) });
    expect(result).toMatchObject({ ok: false, reason: expect.stringContaining('interrupted') as string });
  });

  it('says that it is not built', async () => {
    const { signal } = new AbortController();
    const options = { script: join(directory, 'none.js'), readyTimeoutMs: 1000, stopTimeoutMs: 1000, signal };
    expect(await startReplica(options)).toEqual({
      ok: false,
      reason: `${options.script} is missing; build it by npm run build`,
    });
  });

  it.each([
    [
      'another exit code',
      `process.on('SIGTERM', () => process.exit(7)); ${sayReady} ${runOn}`,
      'with exit code 0, not with exit code 7',
    ],
    ['death by the signal', `${sayReady} ${runOn}`, 'with exit code 0, not with killed by SIGTERM'],
  ])('tells of an end by %s', async (_, code, problem) => {
    expect(await (await replicaOf(code)).stop()).toContain(problem);
  });

  it('kills one that does not end', async () => {
    const replica = await replicaOf(`process.on('SIGTERM', () => undefined); ${sayReady} ${runOn}`, {
      stopTimeoutMs: 50,
    });
    expect(await replica.stop()).toContain('it had to be killed');
  });

  it('tells of one that ended by itself', async () => {
    const replica = await replicaOf(`${sayReady} console.error('out of memory'); process.exitCode = 9;`);
    while (replica.ended === undefined) await new Promise(setImmediate);
    expect(await replica.stop()).toBe(
      'the replica ended during the replay: exit code 9; its last line: out of memory',
    );
  });
});
