import { gunzipSync } from 'node:zlib';
import { request } from 'node:http';
import { Profile } from 'pprof-format';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from './support/call.js';
import { type ServingProcess, serve } from './support/process.js';

/** A profile as `go tool pprof` reads it: names in place of the string table's indices. */
interface ReadProfile {
  readonly sampleTypes: readonly string[];
  /** Sum of each sample type over all samples. */
  readonly totals: readonly number[];
  /** Every function on a stack, with its file. */
  readonly functions: readonly string[];
}

describe('profiles', () => {
  let serving: ServingProcess;
  beforeAll(async () => {
    serving = await serve();
  });
  afterAll(() => serving[Symbol.asyncDispose]());

  const take = (path: string): Promise<{ status: number; type: string | undefined; bytes: Buffer }> =>
    new Promise((resolve, reject) => {
      const outgoing = request(`${serving.adminUrl}/debug/pprof/${path}`, { agent: false }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const type = incoming.headers['content-type'];
          resolve({ status: incoming.statusCode!, type, bytes: Buffer.concat(chunks) });
        });
      });
      outgoing.on('error', reject).end();
    });

  it('of the CPU show what the service did meanwhile, one at a time', async () => {
    const over = new AbortController();
    const rivals = [take('profile?seconds=1'), take('profile?seconds=1')];
    const answers = Promise.all(rivals).finally(() => over.abort());
    while (!over.signal.aborted) {
      await call('POST', `${serving.url}/v1/load/stats`, { cluster: 'c', request_id: 'r', ip: '10.0.0.1' });
    }
    const [taken, refused] = (await answers).sort((a, b) => a.status - b.status);
    expect([taken!.status, taken!.type]).toEqual([200, 'application/octet-stream']);
    expect(refused!.status).toBe(429);
    expect(JSON.parse(refused!.bytes.toString())).toMatchObject({ error: { code: 42900000 } });
    const profile = read(taken!.bytes);
    expect(profile.sampleTypes).toEqual(['sample/count', 'wall/nanoseconds']);
    expect(profile.totals[0]).toBeGreaterThan(0);
    expect(profile.functions.some((each) => each.includes('/dist/libs/'))).toBe(true);
  });

  it('of the CPU end with the client that waits for them, so that another can be taken', async () => {
    const outgoing = request(`${serving.adminUrl}/debug/pprof/profile?seconds=60`, { agent: false });
    outgoing.on('error', () => undefined).end();
    while ((await take('heap')).status !== 429);
    outgoing.destroy();
    while ((await take('heap')).status !== 200);
  });

  it('of the heap show who allocated what lives', async () => {
    const { status, type, bytes } = await take('heap');
    expect([status, type]).toEqual([200, 'application/octet-stream']);
    const profile = read(bytes);
    expect(profile.sampleTypes).toEqual(['inuse_objects/count', 'inuse_space/bytes']);
    expect(profile.totals[1]).toBeGreaterThan(100_000);
    expect(profile.functions.length).toBeGreaterThan(10);
  });

  it.each(['0', '61', 'abc', '-1', '1.5', ''])('refuse seconds=%s', async (seconds) => {
    const { status, body } = await call('GET', `${serving.adminUrl}/debug/pprof/profile?seconds=${seconds}`);
    expect([status, body.error]).toMatchObject([
      400,
      { code: 40001400, message: 'seconds must be an integer from 1 to 60' },
    ]);
  });
});

function read(gzipped: Buffer): ReadProfile {
  const profile = Profile.decode(gunzipSync(gzipped));
  const { strings } = profile.stringTable;
  const text = (index: number | bigint): string => strings[Number(index)]!;
  return {
    sampleTypes: profile.sampleType.map(({ type, unit }) => `${text(type)}/${text(unit)}`),
    totals: profile.sampleType.map((_, i) =>
      profile.sample.reduce((sum, { value }) => sum + Number(value[i]), 0),
    ),
    functions: profile.function.map(({ name, filename }) => `${text(name)} ${text(filename)}`),
  };
}
