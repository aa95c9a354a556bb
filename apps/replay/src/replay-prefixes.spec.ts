import { describe, expect, it } from 'vitest';
import type { FakeOptions, FakeReplica, SeenCall } from '../test-support/fake-replica.js';
import { Fakes } from '../test-support/fakes.js';
import { replayOn, type ReplayedOn } from '../test-support/replay-on.js';
import { isLocate, isSave } from '../test-support/seen-calls.js';
import { conversations } from '../test-support/conversations.js';
import { fnv32a } from './fleet/fnv32a.js';
import { seededRandom } from './random.js';
import type { ReplayPlan } from './replay.js';
import { arrivingAt } from './trace/trace-request.js';

const fakes = new Fakes();
const { requests, repeatedBlocks, blocks } = conversations();

async function play(
  fakeOptions: FakeOptions = {},
  plan: Partial<ReplayPlan> = {},
): Promise<ReplayedOn & { readonly fake: FakeReplica }> {
  const fake = await fakes.start(fakeOptions);
  const cacheAware = { requests, choice: 'cache-aware', ...plan } as const;
  return { ...(await replayOn([fake], cacheAware)), fake };
}

const isCacheCall = (call: SeenCall): boolean => isLocate(call) || isSave(call);

describe('replay of a trace with prefixes', () => {
  it.each([1, 16])('makes six calls a request and finds all right, %i at a time', async (concurrency) => {
    const { end, statistics, fake } = await play({}, { concurrency });
    expect(end).toEqual({ end: 'played' });
    expect(statistics.problems).toEqual([]);
    expect([statistics.calls, statistics.finishedRequests]).toEqual([requests.length * 6, requests.length]);
    expect(fake.calls.filter(isLocate)).toHaveLength(requests.length);
    expect(fake.calls.filter(isSave)).toHaveLength(requests.length);
    expect(statistics.prefixes).toMatchObject({ requests: requests.length, blocks });
  });

  it('finds every block that was there before on one engine, where requests do not overlap', async () => {
    const apart = requests.map((request, index) => arrivingAt(request, index * 1000));
    const { statistics } = await play({}, { requests: apart, engines: 1, concurrency: 1 });
    expect(statistics.prefixes.hitBlocks).toBe(repeatedBlocks);
  });

  it('saves on the engine that took the request, and tells hashes beyond 2^53 apart', async () => {
    const { fake } = await play({}, { concurrency: 1 });
    const field = (name: string) => (call: SeenCall) =>
      (JSON.parse(call.body) as Readonly<Record<string, unknown>>)[name];
    const recorded = fake.calls.filter(({ url, method }) => url === '/v1/load/stats' && method === 'POST');
    expect(fake.calls.filter(isSave).map(field('ip')).toSorted()).toEqual(
      recorded.map(field('ip')).toSorted(),
    );
    const hashes = fake.calls.filter(isSave).flatMap(({ body }) => body.match(/\d{8,}/g) ?? []);
    expect(new Set(hashes).size).toBe(blocks - repeatedBlocks);
  });

  it('finds more by the cache-aware choice, where the least loaded engine is often another one', async () => {
    const aware = await play();
    const least = await play({}, { choice: 'least-loaded' });
    expect(least.statistics.problems).toEqual([]);
    expect(aware.statistics.prefixes.hitBlocks).toBeGreaterThan(least.statistics.prefixes.hitBlocks * 1.5);
    expect(aware.statistics.prefixes.hitBlocks).toBeLessThanOrEqual(repeatedBlocks);
    expect(least.statistics.meanSpread).toBeLessThanOrEqual(aware.statistics.meanSpread);
  });

  it('makes the calls at a rate too', async () => {
    const { statistics } = await play({}, { rate: { perS: 500, count: 100, inFlight: 10 } });
    expect(statistics.problems).toEqual([]);
    expect([statistics.calls, statistics.finishedRequests]).toEqual([600, 100]);
  });

  it.each([
    ['refused', 'refuse', /^error: locate: HTTP 503: /],
    ['unknown to the service', 'unknown', /^error: locate: HTTP 404: /],
    ['cut off', 'hang up', /^error: locate: /],
  ] as const)(
    'goes on without hits when its cache calls are %s, and counts the errors',
    async (_, fault, line) => {
      const { end, statistics } = await play({ fault: (call) => (isCacheCall(call) ? fault : undefined) });
      expect(end).toEqual({ end: 'played' });
      const { length } = requests;
      expect([statistics.finishedRequests, statistics.troubledRequests]).toEqual([length, length]);
      expect([statistics.errors, statistics.doubts, statistics.differences]).toEqual([length * 2, 0, 0]);
      expect(statistics.prefixes).toEqual({ requests: length, hits: 0, blocks, hitBlocks: 0 });
      expect(statistics.problems[0]).toMatch(line);
    },
  );

  it('finds a difference when an answer about prefixes can not be right', async () => {
    const distortLocations = (): unknown => ({ locations: [{ ip: '10.0.0.1', length: 99_999 }] });
    const { statistics } = await play({ distortLocations });
    expect([statistics.errors, statistics.differences]).toEqual([0, requests.length]);
    expect(statistics.problems[0]).toMatch(
      /^difference: location 10\.0\.0\.1 length is 99999, must be 1 to \d+$/,
    );
    expect(statistics.prefixes.hits).toBe(0);
  });
});

describe('replay of a trace with prefixes against several replicas', () => {
  it('asks for and saves the prefixes of a cluster at one replica, and retries at the next', async () => {
    const random = seededRandom(3, 'faults');
    const fault = (call: SeenCall): 'applied, then hang up' | undefined =>
      isCacheCall(call) && random.below(10) === 0 ? 'applied, then hang up' : undefined;
    const place = fnv32a('c') % 3;
    const three = await fakes.startThree((at) => (at === place ? { fault } : {}));
    const { end, statistics, replicas } = await replayOn(three, { requests, choice: 'cache-aware' });
    expect(end).toMatchObject({ end: 'played', convergence: { agreed: true } });
    expect(statistics.problems).toEqual([]);
    const next = (place + 1) % 3;
    const retried = three[next]!.calls.filter(isCacheCall).length;
    expect(retried).toBeGreaterThan(0);
    expect(retried).toBeLessThan(requests.length);
    expect(replicas[next]!.figures.retries).toBe(retried);
    expect(three[place]!.calls.filter(isCacheCall)).toHaveLength(requests.length * 2);
    expect(three[(place + 2) % 3]!.calls.filter(isCacheCall)).toEqual([]);
  });
});
