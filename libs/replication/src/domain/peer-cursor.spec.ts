import { beforeEach, describe, expect, it } from 'vitest';
import { EventLog } from './event-log.js';
import { PeerCursor } from './peer-cursor.js';

const limits = { maxEvents: 3, maxBytes: 1e6 };

describe('PeerCursor', () => {
  let log: EventLog;
  let cursor: PeerCursor;
  beforeEach(() => {
    log = new EventLog({ maxEvents: 5, maxBytes: 1e6 });
    cursor = new PeerCursor(log);
  });
  const append = (count: number) => {
    for (let i = 0; i < count; i++)
      log.append({ kind: 'load', state: `${log.next}`, sinceMs: 0, loggedMs: 10 * log.next });
  };
  const section = () => {
    const { first, events } = cursor.section(limits);
    return [first, ...events.map(({ state }) => state)];
  };
  const answer = (outcome: 'applied' | 'gap' | 'snapshot', applied: number) =>
    cursor.move(cursor.section(limits), { outcome, applied });

  it('is unknown at first: it asks without events, and everything held may lack', () => {
    append(2);
    expect(section()).toEqual([3]);
    expect([cursor.hasNews, cursor.awaitsSnapshot]).toEqual([true, false]);
    expect([cursor.lagEvents, cursor.laggingSinceMs]).toEqual([2, 10]);
  });

  it('goes to what the peer has, and on from there', () => {
    append(4);
    expect(answer('gap', 1)).toBe(true);
    expect(section()).toEqual([2, '2', '3', '4']);
    expect([cursor.hasNews, cursor.lagEvents, cursor.laggingSinceMs]).toEqual([true, 3, 20]);
    expect(answer('applied', 4)).toBe(true);
    expect(section()).toEqual([5]);
    expect([cursor.hasNews, cursor.lagEvents, cursor.laggingSinceMs]).toEqual([false, 0, undefined]);
  });

  it('sends no more than the limits at a time', () => {
    append(5);
    answer('gap', 0);
    expect(section()).toEqual([1, '1', '2', '3']);
    answer('applied', 3);
    expect(section()).toEqual([4, '4', '5']);
  });

  it('that has fallen out of the ring begins with what is left', () => {
    answer('applied', 0);
    append(8);
    expect(section()).toEqual([4, '4', '5', '6']);
    expect([cursor.lagEvents, cursor.laggingSinceMs]).toEqual([5, 40]);
  });

  it('goes on with what is new where the peer fetches a snapshot', () => {
    answer('applied', 0);
    append(8);
    answer('snapshot', 0);
    expect([cursor.hasNews, cursor.awaitsSnapshot]).toEqual([true, true]);
    expect(section()).toEqual([7, '7', '8']);
    answer('snapshot', 0);
    expect([cursor.hasNews, cursor.awaitsSnapshot]).toEqual([false, true]);
    answer('applied', 8);
    expect([cursor.hasNews, cursor.awaitsSnapshot]).toEqual([false, false]);
  });

  it('moves to what a peer has beyond what it was sent, but not beyond what was given out', () => {
    append(5);
    answer('applied', 5);
    append(2);
    expect(answer('applied', 7)).toBe(true);
    expect(cursor.hasNews).toBe(false);
    append(1);
    expect(answer('applied', Number.MAX_SAFE_INTEGER)).toBe(true);
    append(1);
    expect(section()).toEqual([9, '9']);
  });

  it.each([
    ['applied', 1],
    ['gap', 2],
    ['gap', 1],
  ] as const)('does not move by %s %i, which would bring the same again', (outcome, applied) => {
    append(4);
    answer('gap', 1);
    expect(answer(outcome, applied)).toBe(false);
    expect(section()).toEqual([2, '2', '3', '4']);
  });

  it('moves back where the peer says that it has less', () => {
    append(3);
    answer('applied', 3);
    expect(answer('gap', 1)).toBe(true);
    expect(section()).toEqual([2, '2', '3']);
  });

  it('can ask without events', () => {
    append(2);
    answer('gap', 0);
    expect(cursor.probe()).toEqual({ first: 3, events: [] });
    expect(section()).toEqual([1, '1', '2']);
  });
});
