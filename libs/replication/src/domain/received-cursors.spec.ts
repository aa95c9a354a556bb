import { describe, expect, it } from 'vitest';
import { ReceivedCursors } from './received-cursors.js';

const batch = (first: number, count: number, oldest = 1) => ({ first, count, oldest });

describe('ReceivedCursors', () => {
  it('move without a gap only', () => {
    const cursors = new ReceivedCursors();
    expect(cursors.receive('e', 'a:1', batch(1, 3))).toEqual({ outcome: 'applied', applied: 3 });
    expect(cursors.receive('e', 'a:1', batch(5, 2))).toEqual({ outcome: 'gap', applied: 3 });
    expect(cursors.appliedOf('e')).toBe(3);
    expect(cursors.receive('e', 'a:1', batch(4, 3))).toEqual({ outcome: 'applied', applied: 6 });
  });

  it('do not move back by a batch that comes again, whole or in part', () => {
    const cursors = new ReceivedCursors();
    cursors.receive('e', 'a:1', batch(1, 9));
    expect(cursors.receive('e', 'a:1', batch(2, 3))).toEqual({ outcome: 'applied', applied: 9 });
    expect(cursors.receive('e', 'a:1', batch(8, 4))).toEqual({ outcome: 'applied', applied: 11 });
    expect(cursors.receive('e', 'a:1', batch(12, 0))).toEqual({ outcome: 'applied', applied: 11 });
  });

  it('ask for a snapshot exactly where the origin no longer holds what lacks', () => {
    const cursors = new ReceivedCursors();
    cursors.receive('e', 'a:1', batch(1, 3));
    expect(cursors.receive('e', 'a:1', batch(9, 1, 4)).outcome).toBe('gap');
    expect(cursors.receive('e', 'a:1', batch(9, 1, 5)).outcome).toBe('snapshot');
    expect(cursors.receive('new', 'a:1', batch(9, 0, 1))).toEqual({ outcome: 'gap', applied: 0 });
    expect(cursors.receive('new', 'a:1', batch(9, 0, 2))).toEqual({ outcome: 'snapshot', applied: 0 });
    expect(cursors.has('new')).toBe(false);
  });

  it('are one for each epoch, whatever the address, and remember where it listens', () => {
    const cursors = new ReceivedCursors();
    cursors.receive('e', 'a:1', batch(1, 3));
    cursors.receive('f', 'a:1', batch(1, 1));
    cursors.receive('e', 'b:1', batch(9, 1));
    expect([...cursors.entries()]).toEqual([
      ['f', { applied: 1, origin: 'a:1' }],
      ['e', { applied: 3, origin: 'b:1' }],
    ]);
  });

  it('take those of a snapshot, where they are further', () => {
    const cursors = new ReceivedCursors();
    cursors.receive('e', 'a:1', batch(1, 3));
    cursors.receive('f', 'b:1', batch(1, 3));
    cursors.adopt([
      ['e', 7],
      ['f', 2],
      ['g', 5],
    ]);
    expect(Object.fromEntries(cursors.entries())).toEqual({
      e: { applied: 7, origin: 'a:1' },
      f: { applied: 3, origin: 'b:1' },
      g: { applied: 5, origin: '' },
    });
    expect(cursors.receive('g', 'c:1', batch(6, 1))).toEqual({ outcome: 'applied', applied: 6 });
    expect(cursors.receive('g', 'c:1', batch(6, 1)).applied).toBe(6);
  });

  it('are 1,024, and the one that was silent for the longest goes first', () => {
    const cursors = new ReceivedCursors();
    for (let i = 0; i < 1_024; i++) cursors.receive(`e${i}`, 'a:1', batch(1, 1));
    cursors.receive('e0', 'a:1', batch(2, 0));
    cursors.adopt([['e1', 1]]);
    cursors.receive('e2', 'a:1', batch(9, 1));
    cursors.receive('new', 'a:1', batch(1, 1));
    expect(['e0', 'e1', 'e2', 'e3', 'e4', 'new'].map((epoch) => cursors.has(epoch))).toEqual([
      true,
      true,
      true,
      false,
      true,
      true,
    ]);
    expect([...cursors.entries()]).toHaveLength(1_024);
  });
});
