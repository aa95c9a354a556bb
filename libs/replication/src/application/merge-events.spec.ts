import { beforeEach, describe, expect, it } from 'vitest';
import { type ReplicaParts, replicaParts } from '#testing';
import { MergeEvents } from './merge-events.js';

describe('MergeEvents', () => {
  let parts: ReplicaParts;
  let turns: number[];
  let mergeEvents: MergeEvents;
  beforeEach(() => {
    parts = replicaParts();
    turns = [];
    parts.timers.nextTurn = async () => void turns.push(parts.numbers.merged.length);
    mergeEvents = new MergeEvents(parts.states, parts.totals, parts.timers);
  });

  const eventOf = (state: unknown, kind = 'numbers') => ({ kind, ageMs: 0, unchangedMs: 0, state });

  it('merges all, in their order, and counts what was news', async () => {
    const events = [eventOf(['a', 1]), eventOf(['b', 2]), eventOf(['a', 1]), eventOf(['a', 3])];
    expect(await mergeEvents.execute(events)).toBe(3);
    expect([parts.numbers.merged, parts.numbers.values]).toEqual([['a', 'b', 'a', 'a'], { a: 3, b: 2 }]);
  });

  it('lets calls in between every 250', async () => {
    await mergeEvents.execute(Array.from({ length: 751 }, (_, i) => eventOf([`${i}`, 1])));
    expect(turns).toEqual([250, 500, 750]);
    turns = [];
    await mergeEvents.execute(Array.from({ length: 250 }, (_, i) => eventOf([`${i}`, 1])));
    expect(turns).toEqual([]);
  });

  it('lets calls in between every 1,000 that are read, and still merges all or none', async () => {
    const events = Array.from({ length: 2_001 }, (_, i) => eventOf([`${i}`, 1]));
    await expect(mergeEvents.execute([...events, eventOf('nonsense')])).rejects.toMatchObject({
      message: 'events[2001].state: it must be a name and a number',
    });
    expect([turns, parts.numbers.merged]).toEqual([[0, 0], []]);
    expect(await mergeEvents.execute(events)).toBe(2_001);
  });

  it('merges none where one is malformed, and says which', async () => {
    const events = [eventOf(['a', 1]), eventOf('nonsense')];
    await expect(mergeEvents.execute(events)).rejects.toMatchObject({
      name: 'WireError',
      message: 'events[1].state: it must be a name and a number',
    });
    expect(parts.numbers.merged).toEqual([]);
  });

  it('skips what a later release may know', async () => {
    expect(await mergeEvents.execute([eventOf({}, 'dreams'), eventOf(['a', 1])])).toBe(1);
  });
});
