import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../test-support/manual-clock.js';
import { Books, type Page } from './books.js';
import { noLoad, type EngineLoad } from './engines.js';

const load = (queuedRequests: number, prefillRequests: number, promptLength: number): EngineLoad => ({
  queuedRequests,
  prefillRequests,
  promptLength,
});

const threeOf = (max: number) => fc.tuple(fc.nat({ max }), fc.nat({ max }), fc.nat({ max }));
const anyLife = fc.record({
  beginMs: fc.nat({ max: 60 }),
  delaysMs: threeOf(90),
  answersMs: threeOf(30),
  lagsMs: threeOf(100),
});

describe('Books over several replicas', () => {
  const recorded = (books: Books): Page => {
    const page = books.open(0, 5);
    page.recordSent();
    page.recordAcknowledged();
    return page;
  };

  it('let an answer be without what was acknowledged lately, in both directions', () => {
    const clock = new ManualClock();
    const books = new Books(1, { lagMs: 100, nowMs: () => clock.nowMs() });
    const page = recorded(books);
    clock.advance(99);
    for (const counts of [noLoad, load(1, 1, 5)])
      expect(books.ask().compare([counts])).toEqual({ differences: [], exact: false });
    expect(books.ask().compare([load(2, 1, 5)]).differences).toHaveLength(1);
    clock.advance(1);
    expect(books.ask().compare([load(1, 1, 5)])).toEqual({ differences: [], exact: true });
    expect(books.ask().compare([noLoad]).differences).toHaveLength(3);

    page.removeSent();
    page.removeAcknowledged();
    clock.advance(99);
    for (const counts of [noLoad, load(1, 0, 0), load(1, 1, 5)])
      expect(books.ask().compare([counts]).differences).toEqual([]);
    clock.advance(1);
    expect(books.ask().compare([noLoad])).toEqual({ differences: [], exact: true });
    expect(books.ask().compare([load(1, 1, 5)]).differences).toHaveLength(3);
  });

  it('demand equality at the end at once, and leave play for removals that failed', () => {
    const clock = new ManualClock();
    const books = new Books(1, { lagMs: 100, nowMs: () => clock.nowMs() });
    const [answered, failed] = [recorded(books), recorded(books)];
    answered.removeSent();
    answered.removeAcknowledged();
    failed.removeSent();
    for (const counts of [noLoad, load(1, 0, 0), load(1, 1, 5)])
      expect(books.askAtTheEnd().compare([counts]).differences).toEqual([]);
    expect(books.askAtTheEnd().compare([load(2, 1, 5)]).differences).toHaveLength(1);
    failed.removeAcknowledged();
    expect(books.askAtTheEnd().compare([noLoad])).toEqual({ differences: [], exact: true });
  });

  it('never blame a replica that applies each call within the lag, whatever the order of calls', () => {
    const lagMs = 50;
    fc.assert(
      fc.property(fc.array(anyLife, { minLength: 1, maxLength: 8 }), (lives) => {
        const clock = new ManualClock();
        const books = new Books(1, { lagMs, nowMs: () => clock.nowMs() });
        const applied = lives.map(() => ({ recordMs: Infinity, releaseMs: Infinity, removeMs: Infinity }));
        const events: { readonly atMs: number; readonly happen: () => void }[] = [];
        for (const [index, { beginMs, delaysMs, answersMs, lagsMs }] of lives.entries()) {
          const page = books.open(0, 7);
          const calls = [
            ['recordMs', () => page.recordSent(), () => page.recordAcknowledged()],
            ['releaseMs', () => page.releaseSent(), () => page.releaseAcknowledged()],
            ['removeMs', () => page.removeSent(), () => page.removeAcknowledged()],
          ] as const;
          let sentMs = beginMs;
          for (const [call, [at, sent, acknowledged]] of calls.entries()) {
            // The next call is sent whether or not this one was answered.
            sentMs += delaysMs[call]!;
            const answeredMs = sentMs + answersMs[call]!;
            applied[index]![at] = Math.min(sentMs + lagsMs[call]!, answeredMs + lagMs);
            events.push({ atMs: sentMs, happen: sent }, { atMs: answeredMs, happen: acknowledged });
          }
        }
        const loadAt = (nowMs: number): EngineLoad => {
          const queued = applied.filter(({ recordMs, removeMs }) => recordMs <= nowMs && removeMs > nowMs);
          const prefilling = queued.filter(({ releaseMs }) => releaseMs > nowMs).length;
          return load(queued.length, prefilling, 7 * prefilling);
        };
        let nowMs = 0;
        for (const { atMs, happen } of events.toSorted((a, b) => a.atMs - b.atMs)) {
          for (; nowMs < atMs; nowMs++, clock.advance(1))
            expect(books.ask().compare([loadAt(nowMs)]).differences).toEqual([]);
          happen();
        }
      }),
      { numRuns: 300 },
    );
  });
});
