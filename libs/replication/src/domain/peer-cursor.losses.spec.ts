import { describe, expect, it } from 'vitest';
import { EventLog } from './event-log.js';
import { PeerCursor } from './peer-cursor.js';

const limits = { maxEvents: 100, maxBytes: 100_000 };

function logOf(count: number, maxEvents = 10): EventLog {
  const log = new EventLog({ maxEvents, maxBytes: 100_000 });
  append(log, count);
  return log;
}

function append(log: EventLog, count: number): void {
  for (let i = 0; i < count; i++) log.append({ kind: 'load', state: '{}', sinceMs: 0, loggedMs: 0 });
}

/** A cursor whose peer has everything up to `applied`. */
function cursorAt(log: EventLog, applied: number): PeerCursor {
  const cursor = new PeerCursor(log);
  cursor.move(cursor.probe(), { outcome: 'gap', applied });
  return cursor;
}

describe('What a PeerCursor loses', () => {
  it('tells once of events that fell out of the log, and goes on behind them', () => {
    const log = logOf(2);
    const cursor = cursorAt(log, 1);
    expect(cursor.passLost()).toBe(0);
    append(log, 14);
    expect(cursor.passLost()).toBe(5);
    expect(cursor.passLost()).toBe(0);
    expect(cursor.section(limits)).toMatchObject({ first: 7, events: { length: 10 } });
    append(log, 1);
    expect(cursor.passLost()).toBe(1);
  });

  it('has lost nothing while the peer has yet to say where it stands', () => {
    expect(new PeerCursor(logOf(15)).passLost()).toBe(0);
  });
});
