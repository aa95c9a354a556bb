import { describe, expect, it } from 'vitest';
import {
  FakeState,
  type FakeOptions,
  type FakeReplica,
  type SeenCall,
} from '../test-support/fake-replica.js';
import { Fakes } from '../test-support/fakes.js';
import { ManualClock } from '../test-support/manual-clock.js';
import { replayOn, smallTrace, type ReplayedOn } from '../test-support/replay-on.js';
import { isPost, isRemoval } from '../test-support/seen-calls.js';
import { systemClock, type Clock } from './clock.js';
import { fnv32a } from './fleet/fnv32a.js';
import { seededRandom } from './random.js';
import { convergenceLimitMs, type ReplayPlan } from './replay.js';

const fakes = new Fakes();

async function playThree(
  options: readonly FakeOptions[] = [],
  plan: Partial<ReplayPlan> = {},
  clock: Clock = systemClock,
): Promise<ReplayedOn & { readonly fakes: readonly FakeReplica[] }> {
  const three = await fakes.startThree((place) => options[place] ?? {});
  return { ...(await replayOn(three, plan, { clock })), fakes: three };
}

describe('replay against several replicas', () => {
  const idOf = ({ body }: SeenCall): string => (JSON.parse(body) as { request_id: string }).request_id;

  it('sends the calls of a cluster to one replica and all DELETEs to another, and finds all right', async () => {
    const { end, statistics, replicas, fakes } = await playThree([], { clusters: ['c'] });
    expect(statistics.problems).toEqual([]);
    expect(end).toMatchObject({ end: 'played', convergence: { agreed: true } });
    expect([statistics.errors, statistics.differences, statistics.finishedRequests]).toEqual([0, 0, 150]);
    for (const { figures } of replicas) expect(figures).toMatchObject({ retries: 0, failedCalls: 0 });
    const [ofCluster, ofDeletes] = [fnv32a('c') % 3, fnv32a('') % 3];
    for (const [place, { calls }] of fakes.entries()) {
      expect(calls.filter(isPost)).toHaveLength(place === ofCluster ? 150 : 0);
      expect(calls.filter(({ method }) => method === 'DELETE')).toHaveLength(place === ofDeletes ? 300 : 0);
    }
  });

  it('spreads clusters over the replicas, and requests over clusters', async () => {
    const clusters = Array.from({ length: 12 }, (_, index) => `c-${index + 1}`);
    const { end, statistics, fakes } = await playThree([], { clusters });
    expect(statistics.problems).toEqual([]);
    expect(end).toMatchObject({ end: 'played', convergence: { agreed: true } });
    const posts = fakes.flatMap(({ calls }) => calls.filter(isPost));
    const byCluster = Map.groupBy(posts, ({ body }) => (JSON.parse(body) as { cluster: string }).cluster);
    expect([...byCluster.values()].map(({ length }) => length).toSorted()).toEqual([
      ...Array<number>(6).fill(12),
      ...Array<number>(6).fill(13),
    ]);
    for (const { calls } of fakes) expect(calls.some(isPost)).toBe(true);
  });

  it('raises no false alarm over retries, late answers and deletes that overtake their POST', async () => {
    const random = seededRandom(7, 'turns');
    const turns = (): number => random.below(12);
    const sometimes = (call: SeenCall, index: number): 'applied, then hang up' | undefined =>
      index % 7 === 3 && call.method !== 'GET' ? 'applied, then hang up' : undefined;
    const rate = { perS: 500, count: 150, inFlight: 1 };
    const { end, statistics, replicas, fakes } = await playThree(
      Array.from({ length: 3 }, () => ({ turns, fault: sometimes })),
      { rate, concurrency: 4 },
    );
    expect(statistics.differences).toBe(0);
    expect(replicas.some(({ figures }) => figures.retries > 0)).toBe(true);
    expect(end).toMatchObject({ end: 'played' });
    // A retry is the same to the byte, its timestamp too; no two requests have the same one.
    const posts = Map.groupBy(
      fakes.flatMap(({ calls }) => calls.filter(isPost)),
      idOf,
    );
    for (const calls of posts.values()) expect(new Set(calls.map(({ body }) => body)).size).toBe(1);
    const own = [...posts].filter(([id]) => !id.includes('warm-up'));
    const stamps = own.map(([, [first]]) => /"timestamp":(\d+)/.exec(first!.body)?.[1]);
    expect(own).toHaveLength(150);
    expect(new Set(stamps).size).toBe(150);
  });

  it('tells which replica was not right in the end', async () => {
    const alone = [{}, {}, { state: new FakeState() }];
    const plan = { clusters: [clusterAt(2)], requests: smallTrace.slice(0, 20) };
    const { end, statistics } = await playThree(alone, plan, new ManualClock());
    // So the third replica hears of every POST and of no DELETE.
    expect(fnv32a('') % 3).not.toBe(2);
    expect(statistics.errors).toBe(0);
    if (end.end !== 'played') throw new Error('it is played to its end');
    expect(end.convergence?.replicas.map(({ rightAfterMs }) => rightAfterMs === undefined)).toEqual([
      false,
      false,
      true,
    ]);
    expect(end.convergence?.replicas[2]?.wrong[0]).toMatch(/^10\.0\.0\.\d queued_req_num is \d+, must be 0$/);
    expect(end.convergence?.agreed).toBe(false);
  });

  it('goes on through faults that are tolerated, and says what is in doubt', async () => {
    const fault = (call: SeenCall): 'refuse' | undefined => (isRemoval(call) ? 'refuse' : undefined);
    const three = Array.from({ length: 3 }, () => ({ fault }));
    const tolerant = await playThree(three, { tolerateFaults: true });
    expect(tolerant.end).toMatchObject({ end: 'played', convergence: { agreed: true } });
    expect([tolerant.statistics.errors, tolerant.statistics.doubts]).toEqual([150, 150]);
    expect(tolerant.statistics.troubledRequests).toBe(150);
    expect(tolerant.statistics.doubtedIds[0]).toMatch(/^run-\d+$/);
    if (tolerant.end.end !== 'played') throw new Error('it is played to its end');
    for (const { rightAfterMs } of tolerant.end.convergence?.replicas ?? [])
      expect(rightAfterMs).toBeLessThan(convergenceLimitMs);
  });

  it('gives up without that when no call gets through any more', async () => {
    const fault = (_: SeenCall, index: number): 'refuse' | undefined => (index > 20 ? 'refuse' : undefined);
    const { end } = await playThree(Array.from({ length: 3 }, () => ({ fault })));
    expect(end).toEqual({ end: 'lost' });
  });

  it('does not begin when one of them gives no load', async () => {
    const { end, fakes } = await playThree([{}, { fault: () => 'refuse' }]);
    expect(end).toEqual({
      end: 'unusable',
      reason: expect.stringContaining(`${fakes[1]?.target} gives no load`) as string,
    });
  });
});

/** A cluster whose calls go to the replica at `place` of three. */
function clusterAt(place: number): string {
  return ['a', 'b', 'c', 'd', 'e', 'f', 'g'].find((cluster) => fnv32a(cluster) % 3 === place)!;
}
