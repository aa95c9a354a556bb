import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../test-support/manual-clock.js';
import { playInOrder, playInTime, stepsBetweenPauses, type Play } from './play.js';
import { schedule, type Step } from './schedule.js';

/** A gateway whose calls end when the test says so. */
class Hall {
  readonly started: Step[] = [];
  readonly underWay: { readonly step: Step; readonly end: () => void }[] = [];
  readonly underWayAtChecks: number[] = [];
  mostUnderWay = 0;
  readonly #last = new Map<number, Promise<void>>();

  perform(step: Step): Promise<void> {
    this.started.push(step);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.underWay.push({ step, end: resolve });
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay.length);
    this.#last.set(step.index, promise);
    return promise;
  }

  async previousCallOf(step: Step): Promise<void> {
    await this.#last.get(step.index);
  }

  check(): Promise<{ ok: true; value: [] }> {
    this.underWayAtChecks.push(this.underWay.length);
    return Promise.resolve({ ok: true, value: [] });
  }

  /** Ends the calls in the order that `picks` gives, until nothing more happens. */
  async endAll(picks: readonly number[]): Promise<void> {
    for (let turn = 0; ; turn++) {
      await new Promise(setImmediate);
      if (this.underWay.length === 0) return;
      const [ended] = this.underWay.splice((picks[turn % picks.length] ?? 0) % this.underWay.length, 1);
      ended?.end();
    }
  }
}

const requests = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ arrivalMs: index * 7, inputTokens: 100, outputTokens: 2 }));
const play = (hall: Hall, count: number, signal = new AbortController().signal): Play => ({
  steps: schedule(requests(count)),
  gateway: hall,
  signal,
});

describe('playInOrder', () => {
  it('starts the steps in order, never too many at a time, and a request\u2019s next call after its last', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.nat({ max: 100 }), { minLength: 40, maxLength: 40 }),
        async (concurrency, picks) => {
          const hall = new Hall();
          const together: number[] = [];
          const perform = hall.perform.bind(hall);
          hall.perform = (step) => {
            together.push(hall.underWay.filter((other) => other.step.index === step.index).length);
            return perform(step);
          };
          const done = playInOrder(play(hall, 12), concurrency);
          await hall.endAll(picks);
          await done;
          expect(hall.started).toEqual([...schedule(requests(12))]);
          expect(hall.mostUnderWay).toBeLessThanOrEqual(concurrency);
          expect(together.every((count) => count === 0)).toBe(true);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('uses the concurrency that it is given', async () => {
    const hall = new Hall();
    const done = playInOrder(
      { ...play(hall, 0), steps: [...schedule(requests(9))].filter(({ call }) => call === 'query') },
      4,
    );
    await new Promise(setImmediate);
    expect(hall.underWay).toHaveLength(4);
    await hall.endAll([0]);
    await done;
    expect(hall.started).toHaveLength(9);
  });

  it('pauses now and then for a comparison with nothing in flight', async () => {
    const hall = new Hall();
    const done = playInOrder(play(hall, stepsBetweenPauses), 4);
    await hall.endAll([0]);
    await done;
    expect(hall.underWayAtChecks).toEqual([0, 0, 0, 0]);
  });

  it('starts nothing more once interrupted, but waits for what is under way', async () => {
    const hall = new Hall();
    const interruption = new AbortController();
    const done = playInOrder(play(hall, 10, interruption.signal), 1);
    await new Promise(setImmediate);
    interruption.abort();
    await hall.endAll([0]);
    await done;
    expect(hall.started.length).toBeLessThanOrEqual(2);
  });
});

describe('playInTime', () => {
  const statistics = { countDelay: () => undefined, countArrival: () => undefined };
  const mostInFlight = 16;

  it('starts each step at its time, divided by the speed', async () => {
    const clock = new ManualClock();
    const startMs = clock.nowMs();
    const hall = new Hall();
    const starts: [string, number][] = [];
    const perform = hall.perform.bind(hall);
    hall.perform = (step) => {
      starts.push([`#${step.index} ${step.call}`, clock.nowMs() - startMs]);
      return perform(step);
    };
    const done = playInTime(play(hall, 2), { speed: 2, clock, mostInFlight, statistics });
    await hall.endAll([0]);
    await done;
    expect(starts).toEqual([
      ['#0 query', 0],
      ['#0 record', 0],
      ['#1 query', 3.5],
      ['#1 record', 3.5],
      ['#0 release', 5],
      ['#1 release', 8.5],
      ['#0 remove', 25],
      ['#1 remove', 28.5],
    ]);
    expect(new Set(clock.waitedForMs.map((untilMs) => untilMs - startMs))).toEqual(
      new Set([3.5, 5, 8.5, 25, 28.5]),
    );
  });

  it('does not wait for answers, up to a limit, and tells how late it is', async () => {
    const clock = new ManualClock();
    const hall = new Hall();
    const delays: number[] = [];
    clock.onWait = () => clock.advance(4);
    const done = playInTime(play(hall, 2000), {
      speed: 1,
      clock,
      mostInFlight,
      statistics: { ...statistics, countDelay: (ms) => delays.push(ms) },
    });
    await new Promise(setImmediate);
    expect(hall.underWay).toHaveLength(mostInFlight);
    while (hall.underWay.length > 0) {
      for (const { end } of hall.underWay.splice(0)) end();
      await new Promise(setImmediate);
    }
    await done;
    expect(hall.started).toHaveLength(8000);
    expect(Math.max(...delays)).toBeGreaterThan(0);
    expect(Math.max(...delays)).toBeLessThanOrEqual(4);
  });

  it('lets answers in though it is late with everything', async () => {
    const hall = new Hall();
    const clock = new ManualClock();
    const instant = Array.from({ length: 100 }, () => ({ arrivalMs: 0, inputTokens: 0, outputTokens: 0 }));
    const late = { ...play(hall, 0), steps: schedule(instant) };
    const done = playInTime(late, { speed: 1, clock, mostInFlight: 1000, statistics });
    await new Promise(setImmediate);
    expect(hall.started.length).toBeGreaterThan(0);
    expect(hall.started.length).toBeLessThan(100);
    await hall.endAll([0]);
    await done;
    expect(hall.started).toHaveLength(400);
  });

  it('starts nothing more once interrupted while it waits', async () => {
    const clock = new ManualClock();
    const hall = new Hall();
    const interruption = new AbortController();
    clock.onWait = () => interruption.abort();
    const done = playInTime(play(hall, 3, interruption.signal), {
      speed: 1,
      clock,
      mostInFlight,
      statistics,
    });
    await hall.endAll([0]);
    await done;
    expect(hall.started.map(({ call }) => call)).toEqual(['query', 'record']);
  });
});
