import { beforeEach, describe, expect, it } from 'vitest';
import { EventLog } from '../domain/event-log.js';
import { ReceivedCursors } from '../domain/received-cursors.js';
import { ReplicationTotals } from '../domain/replication-totals.js';
import { ThisReplica } from '../domain/this-replica.js';
import { Clock } from './ports/clock.js';
import { Timers } from './ports/timers.js';
import { ReplicatedStates } from './replicated-states.js';
import { ServeSnapshot } from './serve-snapshot.js';

class HandClock extends Clock {
  ms = 1_000;

  override nowMs(): number {
    return this.ms;
  }
}

class NoTime extends Timers {
  override after(): () => void {
    return () => {};
  }

  override nextTurn(): Promise<void> {
    return Promise.resolve();
  }
}

type Lines = AsyncIterator<string>;

describe('ServeSnapshot', () => {
  const epoch = '0123456789abcdef';
  let clock: HandClock;
  let self: ThisReplica;
  let serveSnapshot: ServeSnapshot;

  function open(): Lines {
    const lines = serveSnapshot.execute({});
    if (typeof lines === 'string') throw new Error(lines);
    return lines[Symbol.asyncIterator]();
  }

  beforeEach(() => {
    clock = new HandClock();
    self = new ThisReplica(epoch);
    self.becomeReady(false);
    serveSnapshot = new ServeSnapshot(
      self,
      new EventLog({ maxEvents: 10, maxBytes: 1_000 }),
      new ReceivedCursors(),
      new ReplicatedStates(),
      new ReplicationTotals(),
      clock,
      new NoTime(),
    );
  });

  it('begins with the cursors, its own among them, and says where it ends', async () => {
    const lines = open();
    expect(JSON.parse((await lines.next()).value as string)).toEqual({
      v: 1,
      epoch,
      cursors: { [epoch]: 0 },
    });
    expect((await lines.next()).value).toBe('{"end":true}');
    expect((await lines.next()).done).toBe(true);
  });

  it('gives nothing before it is ready, nor when it drains', () => {
    self.drain();
    expect(serveSnapshot.execute({})).toBe('not-ready');
  });

  it('gives four at a time, and the next when one has ended or was given up', async () => {
    const streams = Array.from({ length: 4 }, open);
    for (const lines of streams) await lines.next();
    expect(serveSnapshot.execute({})).toBe('busy');
    await streams[0]!.return!();
    await open().next();
    expect(serveSnapshot.execute({})).toBe('busy');
  });

  it('does not refuse a reader for others that have stopped reading, but for a great many', async () => {
    for (let i = 0; i < 64; i++) {
      clock.ms += 500;
      await open().next();
    }
    expect(serveSnapshot.execute({})).toBe('busy');
  });
});
