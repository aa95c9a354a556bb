import { describe, expect, it } from 'vitest';
import { CountingState } from '../../test-support/counting-state.js';
import { FakeClient, takesAll } from '../../test-support/fake-client.js';
import { ManualTime } from '../../test-support/manual-time.js';
import { MeshParts, ownEpoch } from '../../test-support/mesh-parts.js';
import { ReceivedCursors } from '../domain/received-cursors.js';
import { CloseGap } from './close-gap.js';
import { LoadSnapshot } from './load-snapshot.js';
import { MergeEvents } from './merge-events.js';
import { Mesh } from './mesh.js';
import { WireError } from './ports/replicated-state.js';
import { ReceiveBatch } from './receive-batch.js';

const epoch = '00000000000000bb';
const batch = { v: 1, origin: '127.0.0.2:8080', epoch, first: 1, oldest: 1 };
const events = (count: number) =>
  Array.from({ length: count }, () => ({ kind: 'load', ageMs: 0, unchangedMs: 0, state: 'new' }));

function receiver() {
  const time = new ManualTime();
  const parts = new MeshParts(new FakeClient(takesAll(epoch)), time);
  const { self, states, totals, clock, timers, client, journal } = parts;
  const state = new CountingState();
  states.add(state);
  const mesh = new Mesh(parts);
  const cursors = new ReceivedCursors();
  const merge = new MergeEvents(states, totals, timers);
  const load = new LoadSnapshot(client, cursors, merge, totals, clock, journal);
  const receive = new ReceiveBatch(self, mesh, cursors, merge, new CloseGap(self, mesh, load, clock), totals);
  self.becomeReady(false);
  return { receive, state, totals, mesh };
}

describe('ReceiveBatch', () => {
  it('counts what it merges, and says up to where', async () => {
    const { receive, state, totals } = receiver();
    const answer = await receive.execute({ ...batch, events: events(3) });
    expect(answer).toEqual({ epoch: ownEpoch, phase: 'ready', outcome: 'applied', applied: 3 });
    expect(totals).toMatchObject({ batchesReceived: 1, eventsReceived: 3, batchesRefused: 0, gapsFound: 0 });
    expect(state.merges).toBe(3);
  });

  it('counts a gap, and merges what came behind it', async () => {
    const { receive, state, totals } = receiver();
    const answer = await receive.execute({ ...batch, first: 5, events: events(2) });
    expect(answer).toMatchObject({ outcome: 'gap', applied: 0 });
    expect(totals).toMatchObject({ batchesReceived: 1, eventsReceived: 2, gapsFound: 1 });
    expect(state.merges).toBe(2);
  });

  it('counts what it refuses, and merges nothing of it', async () => {
    const { receive, state, totals, mesh } = receiver();
    const bad = [...events(2), { kind: 'load', ageMs: 0, unchangedMs: 0, state: 'bad' }];
    await expect(receive.execute({ ...batch, events: bad })).rejects.toThrow(WireError);
    await expect(receive.execute({ ...batch, v: 2, events: [] })).rejects.toThrow(WireError);
    receive.refuse();
    expect(totals).toMatchObject({ batchesReceived: 0, eventsReceived: 0, batchesRefused: 3 });
    expect([state.merges, [...mesh.peers()].length]).toEqual([0, 0]);
  });

  it('takes nothing from itself', async () => {
    const { receive, state, totals, mesh } = receiver();
    const answer = await receive.execute({ ...batch, epoch: ownEpoch, first: 7, events: events(2) });
    expect(answer).toMatchObject({ outcome: 'applied', applied: 6 });
    expect(totals).toMatchObject({ batchesReceived: 0, eventsReceived: 0 });
    expect([state.merges, [...mesh.peers()].length]).toEqual([0, 0]);
  });
});
