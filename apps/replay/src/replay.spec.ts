import { describe, expect, it } from 'vitest';
import type { FakeOptions, FakeReplica, SeenCall } from '../test-support/fake-replica.js';
import { Fakes } from '../test-support/fakes.js';
import { isPost, isRelease, isRemoval } from '../test-support/seen-calls.js';
import { replayOn } from '../test-support/replay-on.js';
import { seededRandom } from './random.js';
import { maxErrorsInARow, type ReplayEnd, type ReplayPlan } from './replay.js';
import type { Statistics } from './statistics.js';

const fakes = new Fakes();

interface Played {
  readonly end: ReplayEnd;
  readonly statistics: Statistics;
  readonly fake: FakeReplica;
}

async function play(
  fakeOptions: FakeOptions = {},
  plan: Partial<ReplayPlan> = {},
  signal?: AbortSignal,
): Promise<Played> {
  const fake = await fakes.start(fakeOptions);
  const { end, statistics } = await replayOn([fake], plan, signal && { signal });
  return { end, statistics, fake };
}

/** Faults the n-th call of a kind only. */
function nth(n: number, isKind: (call: SeenCall) => boolean): (call: SeenCall) => boolean {
  let seen = 0;
  return (call) => isKind(call) && seen++ === n;
}

describe('replay against a service that is right', () => {
  it.each([1, 16])(
    'makes four calls a request and finds no difference, %i at a time',
    async (concurrency) => {
      const { end, statistics, fake } = await play({}, { concurrency });
      expect(end).toEqual({ end: 'played' });
      expect(statistics.problems).toEqual([]);
      expect([statistics.errors, statistics.differences, statistics.finishedRequests]).toEqual([0, 0, 150]);
      expect(statistics.calls).toBe(600);
      expect(statistics.comparisons).toBe(153); // one a request, the first, the last and one pause
      if (concurrency === 1) expect(statistics.exactComparisons).toBe(153);
      expect(fake.mostInFlight()).toBeLessThanOrEqual(concurrency);
      for (const isKind of [isPost, isRelease, isRemoval])
        expect(fake.calls.filter(isKind)).toHaveLength(150);
      expect(fake.calls.at(-1)?.method).toBe('GET');
    },
  );

  it('raises no false alarm when calls are applied and answered late and out of order', async () => {
    const random = seededRandom(5, 'turns');
    const { end, statistics, fake } = await play({ turns: () => random.below(12) });
    expect(end).toEqual({ end: 'played' });
    expect(statistics.problems).toEqual([]);
    expect(fake.mostInFlight()).toBeGreaterThan(2);
  });

  it('plays at a multiple of real time', async () => {
    const { end, statistics, fake } = await play({}, { speed: 500 });
    expect(end).toEqual({ end: 'played' });
    expect(statistics.problems).toEqual([]);
    expect(fake.calls.filter(isRemoval)).toHaveLength(150);
  });

  it('keeps the calls of each request in order when the service cannot follow the pace', async () => {
    const random = seededRandom(6, 'turns');
    const { end, statistics, fake } = await play({ turns: () => random.below(12) }, { speed: 1_000_000 });
    expect(end).toEqual({ end: 'played' });
    expect(statistics.problems).toEqual([]);
    const order = new Map<string, string[]>();
    for (const { method, url, body } of fake.calls) {
      if (method === 'GET') continue;
      const { request_id: id } = JSON.parse(body) as { request_id: string };
      order.set(id, [...(order.get(id) ?? []), `${method} ${url}`]);
    }
    expect(order.size).toBe(150);
    for (const calls of order.values()) {
      expect(calls).toEqual(['POST /v1/load/stats', 'DELETE /v1/load/prompt', 'DELETE /v1/load/stats']);
    }
  });

  it('keeps the engines even, and chooses the same ones for the same seed', async () => {
    const engines = ({ fake }: Played): string[] =>
      fake.calls.filter(isPost).map(({ body }) => (JSON.parse(body) as { ip: string }).ip);
    const first = await play({}, { concurrency: 1 });
    expect(first.statistics.largestSpread).toBeLessThanOrEqual(3);
    expect(first.statistics.meanSpread).toBeLessThan(2);
    expect(new Set(engines(first)).size).toBe(8);
    expect(engines(await play({}, { concurrency: 1 }))).toEqual(engines(first));
    expect(engines(await play({}, { concurrency: 1, seed: 2 }))).not.toEqual(engines(first));
  });
});

describe('replay against a service that is wrong', () => {
  const firstRemoval = nth(0, isRemoval);
  const lastRemoval = nth(149, isRemoval);
  const aRelease = nth(70, isRelease);
  const aRecord = nth(40, isPost);
  const anotherRecord = nth(41, isPost);

  it.each<[string, FakeOptions, RegExp]>([
    [
      'forgets a DELETE',
      { fault: (call) => (firstRemoval(call) ? 'drop' : undefined) },
      /queued_req_num is \d+, must be/,
    ],
    [
      'forgets the last DELETE',
      { fault: (call) => (lastRemoval(call) ? 'drop' : undefined) },
      /queued_req_num is 1, must be 0/,
    ],
    [
      'forgets to release a prompt',
      { fault: (call) => (aRelease(call) ? 'drop' : undefined) },
      /prefill_req_num is \d+, must be/,
    ],
    [
      'forgets a POST',
      { fault: (call) => (aRecord(call) ? 'drop' : undefined) },
      /queued_req_num is \d+, must be/,
    ],
    [
      'counts a POST twice',
      { fault: (call) => (anotherRecord(call) ? 'double' : undefined) },
      /queued_req_num is \d+, must be/,
    ],
    [
      'counts one token too many',
      {
        distort: (rows) =>
          rows.map((row) => ({
            ...row,
            prompt_length: row.prompt_length + (row.queued_req_num > 1 ? 1 : 0),
          })),
      },
      /prompt_length is \d+, must be/,
    ],
    [
      'lists an engine twice',
      { distort: (rows) => [...rows, ...rows.slice(0, 1)] },
      /engine 10\.0\.0\.\d is listed twice/,
    ],
  ])('finds a difference when it %s', async (_, fake, difference) => {
    const { end, statistics } = await play(fake);
    expect(end).toEqual({ end: 'played' });
    expect(statistics.errors).toBe(0);
    expect(statistics.differences).toBeGreaterThan(0);
    expect(statistics.problems.join('\n')).toMatch(difference);
    expect(statistics.problems.length).toBeLessThanOrEqual(10);
  });

  const oddPost = (
    fault: 'refuse' | 'hang up' | 'applied, then hang up',
    isKind: typeof isPost,
  ): FakeOptions => {
    let seen = 0;
    return { fault: (call) => (isKind(call) && seen++ % 10 === 3 ? fault : undefined) };
  };

  it.each([
    ['refused', oddPost('refuse', isPost), 'record'],
    ['cut off', oddPost('hang up', isPost), 'record'],
    ['applied and cut off', oddPost('applied, then hang up', isPost), 'record'],
    ['refused', oddPost('refuse', isRemoval), 'remove'],
    ['applied and cut off', oddPost('applied, then hang up', isRelease), 'release'],
    ['refused', oddPost('refuse', ({ method }) => method === 'GET'), 'query'],
  ] as const)(
    'counts it as an error when a call is %s, and blames nothing else on the service',
    async (_, fake, call) => {
      const { end, statistics } = await play(fake);
      expect(end).toEqual({ end: 'played' });
      expect(statistics.figuresOf(call).errors).toBeGreaterThanOrEqual(15);
      expect(statistics.errors).toBe(statistics.figuresOf(call).errors);
      expect(statistics.differences).toBe(0);
      expect(statistics.problems[0]).toMatch(`error: ${call}: `);
    },
  );

  it('gives up when no call gets through any more', async () => {
    const { end, statistics } = await play({ fault: (_, index) => (index > 200 ? 'refuse' : undefined) });
    expect(end).toEqual({ end: 'lost' });
    expect(statistics.errors).toBeGreaterThanOrEqual(maxErrorsInARow);
    expect(statistics.errors).toBeLessThan(maxErrorsInARow + 20);
  });

  it('does not begin with a service that gives no load, or with a cluster that has some', async () => {
    const refusing = await play({ fault: () => 'refuse' });
    expect(refusing.end).toEqual({
      end: 'unusable',
      reason: expect.stringMatching(/^http:.* gives no load \(is it running there\?\): HTTP 503/) as string,
    });
    const busy = await play({
      distort: () => [{ ip: '10.0.0.1', queued_req_num: 1, prefill_req_num: 0, prompt_length: 0 }],
    });
    expect(busy.end).toEqual({ end: 'unusable', reason: expect.stringContaining('--cluster') as string });
    expect(busy.fake.calls).toHaveLength(1);
  });

  it('ends early when interrupted', async () => {
    const interruption = new AbortController();
    const fault = (_: SeenCall, index: number): undefined => void (index === 100 && interruption.abort());
    const { end, fake } = await play({ fault }, {}, interruption.signal);
    expect(end).toEqual({ end: 'interrupted' });
    expect(fake.calls.length).toBeLessThan(130);
  });
});

describe('replay at a rate', () => {
  it('begins requests at that rate and plays a short trace again, each request under an id of its own', async () => {
    const rate = { perS: 1000, count: 400, inFlight: 20 };
    const { end, statistics, fake } = await play({}, { rate });
    expect(end).toEqual({ end: 'played' });
    expect(statistics.problems).toEqual([]);
    expect(statistics.finishedRequests).toBe(400);
    const ids = fake.calls
      .filter(isPost)
      .map(({ body }) => (JSON.parse(body) as { request_id: string }).request_id);
    expect(new Set(ids.filter((id) => !id.includes('warm-up'))).size).toBe(400);
    expect(ids.filter((id) => id.includes('warm-up')).length).toBeGreaterThan(0);
    expect(statistics.reachedRatePerS).toBeGreaterThan(100);
    expect(statistics.reachedRatePerS).toBeLessThan(1500);
  });
});
