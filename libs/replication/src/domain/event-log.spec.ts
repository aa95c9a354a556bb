import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventLog, type LogEvent } from './event-log.js';

const overheadBytes = 120;

function eventOf(state: string): LogEvent {
  return { kind: 'load', state, sinceMs: 0, loggedMs: 0 };
}

function filled(log: EventLog, count: number): EventLog {
  for (let i = 1; i <= count; i++) log.append(eventOf(`${i}`));
  return log;
}

/** The log once more, as naively as possible: all events ever, and a search for what fits. */
class NaiveLog {
  readonly all: LogEvent[] = [];
  oldest = 1;

  constructor(
    private readonly maxEvents: number,
    private readonly maxBytes: number,
  ) {}

  append(event: LogEvent): void {
    this.all.push(event);
    while (this.all.length > this.oldest && this.#isTooMuch) this.oldest++;
  }

  get bytes(): number {
    return this.all.slice(this.oldest - 1).reduce((sum, { state }) => sum + state.length + overheadBytes, 0);
  }

  read(first: number, maxEvents: number, maxBytes: number): LogEvent[] {
    const events = this.all.slice(first - 1, first - 1 + maxEvents);
    while (events.length > 1 && sizeOf(events) > maxBytes) events.pop();
    return events;
  }

  get #isTooMuch(): boolean {
    return this.all.length - this.oldest + 1 > this.maxEvents || this.bytes > this.maxBytes;
  }
}

function sizeOf(events: readonly LogEvent[]): number {
  return events.reduce((sum, { state }) => sum + state.length + overheadBytes, 0);
}

describe('EventLog', () => {
  it('agrees with a naive list after any sequence of events', () => {
    const holds = fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 100, max: 2_000 }),
      fc.array(fc.nat(600), { maxLength: 40 }),
      fc.nat(40),
      fc.nat(1_500),
      (maxEvents, maxBytes, lengths, maxRead, maxReadBytes) => {
        const log = new EventLog({ maxEvents, maxBytes });
        const naive = new NaiveLog(maxEvents, maxBytes);
        for (const [i, length] of lengths.entries()) {
          const event = eventOf(`${i}`.padEnd(length));
          log.append(event);
          naive.append(event);
          expect([log.oldest, log.next, log.bytes]).toEqual([
            naive.oldest,
            naive.all.length + 1,
            naive.bytes,
          ]);
          expect(log.size).toBe(log.next - log.oldest);
          for (let sequence = log.oldest - 1; sequence <= log.next; sequence++) {
            const isHeld = sequence >= naive.oldest;
            expect(log.at(sequence)).toBe(isHeld ? naive.all[sequence - 1] : undefined);
            if (!isHeld) continue;
            const events = log.read(sequence, { maxEvents: maxRead, maxBytes: maxReadBytes });
            expect(events).toEqual(naive.read(sequence, maxRead, maxReadBytes));
          }
        }
      },
    );
    fc.assert(holds, { numRuns: 1_000 });
  });

  it('begins with sequence 1 and nothing', () => {
    const log = new EventLog({ maxEvents: 2, maxBytes: 1_000 });
    expect([log.oldest, log.next, log.size, log.bytes]).toEqual([1, 1, 0, 0]);
    expect(log.read(1, { maxEvents: 9, maxBytes: 9_999 })).toEqual([]);
    expect(log.at(0)).toBeUndefined();
  });

  it('is bounded in bytes, but always holds the last event', () => {
    const log = filled(new EventLog({ maxEvents: 100, maxBytes: 3 * (overheadBytes + 1) }), 5);
    expect([log.oldest, log.size]).toEqual([3, 3]);
    log.append(eventOf('x'.repeat(10_000)));
    expect([log.oldest, log.size, log.bytes]).toEqual([6, 1, 10_120]);
    filled(log, 1);
    expect([log.oldest, log.size, log.bytes]).toEqual([7, 1, 121]);
  });

  it('reads one event at least, however large it is', () => {
    const log = filled(new EventLog({ maxEvents: 100, maxBytes: 1e6 }), 3);
    expect(log.read(2, { maxEvents: 100, maxBytes: 1 }).map(({ state }) => state)).toEqual(['2']);
  });
});
