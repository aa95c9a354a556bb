import { describe, expect, it } from 'vitest';
import { ManualClock } from '../test-support/manual-clock.js';
import type { CallResult } from './call-result.js';
import { awaitConvergence, type Convergence } from './convergence.js';
import type { EngineLoad } from './engines.js';
import { noFigures } from './fleet/replica-figures.js';
import type { View } from './gateway.js';

const load = (queuedRequests: number): EngineLoad => ({
  queuedRequests,
  prefillRequests: 0,
  promptLength: 0,
});
const right = (queued = 0): CallResult<View> => ({
  ok: true,
  value: { loads: [load(queued)], differences: [] },
});
const wrong = (queued = 1): CallResult<View> => ({
  ok: true,
  value: { loads: [load(queued)], differences: [`is ${queued}`] },
});
const none: CallResult<View> = { ok: false, reason: 'no answer' };

/** Asks two replicas whose answers at an instant after the start `answers` gives. */
async function await2(
  answers: readonly ((atMs: number) => CallResult<View>)[],
  toTheLimit = false,
  signal = new AbortController().signal,
): Promise<Convergence> {
  const clock = new ManualClock();
  const startMs = clock.nowMs();
  return awaitConvergence({
    gateways: [{ viewAt: (place) => Promise.resolve(answers[place]!(clock.nowMs() - startMs)) }],
    replicas: ['a:1', 'b:1'].map((address) => ({ address, target: `http://${address}`, figures: noFigures })),
    clock,
    limitMs: 3000,
    toTheLimit,
    signal,
  });
}

describe('awaitConvergence', () => {
  it('tells of each replica when it was right, and stops when all are', async () => {
    const { replicas, agreed, watchedMs } = await await2([
      () => right(),
      (atMs) => (atMs < 150 ? wrong() : right()),
    ]);
    expect(replicas).toEqual([
      { address: 'a:1', rightAfterMs: 0, wrong: [] },
      { address: 'b:1', rightAfterMs: 160, wrong: [] },
    ]);
    expect({ agreed, watchedMs }).toEqual({ agreed: true, watchedMs: 160 });
  });

  it('ends at the limit, with what is wrong then', async () => {
    const { replicas, agreed, watchedMs } = await await2([() => none, () => wrong(2)]);
    expect(replicas).toEqual([
      { address: 'a:1', rightAfterMs: undefined, wrong: ['no answer'] },
      { address: 'b:1', rightAfterMs: undefined, wrong: ['is 2'] },
    ]);
    expect({ agreed, watchedMs }).toEqual({ agreed: false, watchedMs: 3000 });
  });

  it('looks on where something may be applied late, and counts from the last time that it was wrong', async () => {
    const { replicas, watchedMs } = await await2(
      [() => right(), (atMs) => (atMs === 1000 ? wrong() : right())],
      true,
    );
    expect(replicas.map(({ rightAfterMs }) => rightAfterMs)).toEqual([0, 1020]);
    expect(watchedMs).toBe(3000);
  });

  it('demands that replicas agree, where the truth leaves play', async () => {
    const apart = await await2([() => right(0), () => right(1)]);
    expect(apart.agreed).toBe(false);
    expect(apart.replicas.map(({ rightAfterMs }) => rightAfterMs)).toEqual([0, 0]);
    const together = await await2([() => right(1), (atMs) => right(atMs < 40 ? 0 : 1)]);
    expect({ agreed: together.agreed, watchedMs: together.watchedMs }).toEqual({
      agreed: true,
      watchedMs: 40,
    });
  });

  it('ends when interrupted', async () => {
    const { watchedMs } = await await2([() => none, () => none], true, AbortSignal.abort());
    expect(watchedMs).toBe(0);
  });
});
