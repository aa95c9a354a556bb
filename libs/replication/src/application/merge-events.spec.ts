import { describe, expect, it } from 'vitest';
import { CountingState } from '../../test-support/counting-state.js';
import { ManualTime } from '../../test-support/manual-time.js';
import { ReplicationTotals } from '../domain/replication-totals.js';
import { MergeEvents } from './merge-events.js';
import { ReplicatedStates } from './replicated-states.js';

const event = (state: unknown, kind = 'load') => ({ kind, ageMs: 0, unchangedMs: 0, state });

function set() {
  const state = new CountingState();
  const totals = new ReplicationTotals();
  const states = new ReplicatedStates();
  states.add(state);
  return { state, totals, merge: new MergeEvents(states, totals, new ManualTime().timers) };
}

describe('MergeEvents', () => {
  it('says how many events were news', async () => {
    const { merge, totals } = set();
    expect(await merge.execute([event('new'), event('old'), event('new')])).toBe(2);
    expect(totals.eventsSkipped).toBe(0);
  });

  it('skips events of a kind that no context knows, and counts them', async () => {
    const { state, merge, totals } = set();
    await merge.execute([event('new'), event('x', 'later'), event('x', 'toString')]);
    expect([state.merges, totals.eventsSkipped]).toEqual([1, 2]);
  });

  it('merges none where one is malformed, and names it', async () => {
    const { state, merge, totals } = set();
    const events = [event('new'), event('x', 'later'), event('bad')];
    await expect(merge.execute(events)).rejects.toThrow('events[2].state: g must be a generation');
    expect([state.merges, totals.eventsSkipped]).toEqual([0, 0]);
  });

  it('merges every event of many slices', async () => {
    const { state, merge } = set();
    expect(await merge.execute(Array.from({ length: 1_001 }, () => event('new')))).toBe(1_001);
    expect(state.merges).toBe(1_001);
  });
});
