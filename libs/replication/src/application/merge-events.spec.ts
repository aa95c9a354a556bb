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
    mergeEvents = new MergeEvents(parts.states, parts.totals, parts.clock, parts.timers);
  });

  /** From now on each takes so long. */
  const slowDown = (method: 'parse' | 'merge', ms: number) => {
    const { numbers, clock } = parts;
    const fast = numbers[method].bind(numbers) as (...given: unknown[]) => unknown;
    const slow = (...given: unknown[]) => {
      clock.advance(ms);
      return fast(...given);
    };
    Object.assign(numbers, { [method]: slow });
  };
  const eventsOf = (count: number) => Array.from({ length: count }, (_, i) => eventOf([`${i}`, 1]));
  const eventOf = (state: unknown, kind = 'numbers') => ({ kind, ageMs: 0, unchangedMs: 0, state });

  it('merges all, in their order, and counts what was news', async () => {
    const events = [eventOf(['a', 1]), eventOf(['b', 2]), eventOf(['a', 1]), eventOf(['a', 3])];
    expect(await mergeEvents.execute(events)).toBe(3);
    expect([parts.numbers.merged, parts.numbers.values]).toEqual([['a', 'b', 'a', 'a'], { a: 3, b: 2 }]);
  });

  it.each([
    ['little', 0.008, 700, [256, 512]],
    ['as long as a turn may', 2, 40, [16, 32]],
    ['long, looking every 16', 0.2, 40, [16, 32]],
    ['so little that they are over before', 0.008, 250, []],
  ])('lets calls in between every 2 ms of merges that take %s', async (_name, ms, count, expected) => {
    slowDown('merge', ms);
    expect(await mergeEvents.execute(eventsOf(count))).toBe(count);
    expect(turns).toEqual(expected);
  });

  it('lets calls in between every 2 ms of reading, and still merges all or none', async () => {
    slowDown('parse', 1);
    await expect(mergeEvents.execute([...eventsOf(35), eventOf('nonsense')])).rejects.toMatchObject({
      message: 'events[35].state: it must be a name and a number',
    });
    expect([turns, parts.numbers.merged]).toEqual([[0, 0], []]);
    expect(await mergeEvents.execute(eventsOf(35))).toBe(35);
    expect(turns).toEqual([0, 0, 0, 0, 0]);
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
