import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  batchText,
  chunkText,
  endText,
  readBatch,
  readChunk,
  readSnapshotHeader,
  snapshotHeaderText,
} from './batch-format.js';
import { WireError } from './ports/replicated-state.js';

const nowMs = 1_000.75;
const epochs = fc.stringMatching(/^[0-9a-f]{16}$/);
const sequences = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const events = fc.record({
  kind: fc.constantFrom('load', 'numbers'),
  state: fc.json(),
  sinceMs: fc.double({ min: 0, max: 2_000, noNaN: true }),
  loggedMs: fc.double({ min: 0, max: 2_000, noNaN: true }),
});
const age = (sinceMs: number) => Math.max(0, Math.floor(nowMs - sinceMs));

const batch = {
  v: 1,
  origin: '10.0.0.1:8080',
  epoch: '0123456789abcdef',
  first: 7,
  oldest: 3,
  events: [{ kind: 'load', ageMs: 3, unchangedMs: 0.5, state: { id: 'r' } }],
};

/** What one must not throw, whatever it is given. */
function throwsWireErrorsOnly(read: (value: unknown) => unknown, value: unknown): void {
  try {
    read(value);
  } catch (error) {
    expect(error).toBeInstanceOf(WireError);
    expect((error as Error).message).toMatch(/\bmust\b/);
  }
}

describe('a batch', () => {
  it('is read as it was written, its ages in whole ms and never too great', () => {
    const outgoing = fc.record({
      origin: fc.string({ unit: 'binary', maxLength: 100 }),
      epoch: epochs,
      first: sequences,
      oldest: fc.constant(1),
      events: fc.array(events, { maxLength: 5 }),
    });
    const holds = fc.property(outgoing, (written) => {
      const read = readBatch(JSON.parse(batchText(written, nowMs)));
      expect(read).toEqual({
        ...written,
        events: written.events.map(({ kind, state, sinceMs, loggedMs }) => ({
          kind,
          ageMs: age(sinceMs),
          unchangedMs: age(loggedMs),
          state: JSON.parse(state),
        })),
      });
    });
    fc.assert(holds, { numRuns: 2_000 });
  });

  it('is the same text in every release', () => {
    const event = { kind: 'load', state: '{"id":"r"}', sinceMs: 990, loggedMs: 1_000.5 };
    const { origin, epoch } = batch;
    expect(batchText({ origin, epoch, first: 7, oldest: 3, events: [event, event] }, nowMs)).toBe(
      '{"v":1,"origin":"10.0.0.1:8080","epoch":"0123456789abcdef","first":7,"oldest":3,"events":[' +
        '{"kind":"load","ageMs":10,"unchangedMs":0,"state":{"id":"r"}},' +
        '{"kind":"load","ageMs":10,"unchangedMs":0,"state":{"id":"r"}}]}',
    );
  });

  const event = batch.events[0];
  it.each<[unknown, RegExp]>([
    [undefined, /^the batch must be a JSON object$/],
    [[batch], /^the batch must be a JSON object$/],
    [{ ...batch, v: 2 }, /^v must be 1; bring all replicas to releases that speak it$/],
    [{ ...batch, v: '1' }, /^v must be 1/],
    [{ ...batch, origin: 5 }, /^origin must be/],
    [{ ...batch, origin: 'x'.repeat(301) }, /^origin must be/],
    [{ ...batch, epoch: '0123456789ABCDEF' }, /^epoch must be 16 lower-case hex digits$/],
    [{ ...batch, epoch: '0123456789abcde' }, /^epoch must be/],
    [{ ...batch, first: 0 }, /^first must be/],
    [{ ...batch, first: 1.5 }, /^first must be/],
    [{ ...batch, first: 2 ** 53 }, /^first must be/],
    [{ ...batch, oldest: 8 }, /^oldest must be/],
    [{ ...batch, oldest: undefined }, /^oldest must be/],
    [{ ...batch, events: {} }, /^events must be an array$/],
    [
      { ...batch, events: Array.from({ length: 1_001 }, () => event) },
      /^events must be at most 1000; send the others in the next batch$/,
    ],
    [{ ...batch, events: [event, null] }, /^events\[1\] must be a JSON object$/],
    [{ ...batch, events: [{ ...event, kind: 1 }] }, /^events\[0\]\.kind must be a string$/],
    [{ ...batch, events: [{ ...event, ageMs: -1 }] }, /^events\[0\]\.ageMs must be a number from 0/],
    [{ ...batch, events: [{ ...event, ageMs: Infinity }] }, /^events\[0\]\.ageMs must be/],
    [{ ...batch, events: [{ ...event, ageMs: Number.NaN }] }, /^events\[0\]\.ageMs must be/],
    [{ ...batch, events: [{ ...event, unchangedMs: '0' }] }, /^events\[0\]\.unchangedMs must be/],
    [{ ...batch, events: [{ ...event, unchangedMs: undefined }] }, /^events\[0\]\.unchangedMs must be/],
  ])('is refused: %#', (body, message) => {
    expect(() => readBatch(body)).toThrow(WireError);
    expect(() => readBatch(body)).toThrow(message);
  });

  it('of whatever shape brings no error but WireError', () => {
    const fields = fc.record(
      {
        v: fc.constantFrom(1, 1, 2),
        origin: fc.jsonValue(),
        epoch: fc.oneof(epochs, fc.jsonValue()),
        first: fc.oneof(sequences, fc.jsonValue()),
        oldest: fc.oneof(fc.constant(1), fc.jsonValue()),
        events: fc.oneof(fc.array(fc.jsonValue()), fc.jsonValue()),
      },
      { requiredKeys: [] },
    );
    const holds = fc.property(fc.oneof(fc.jsonValue(), fields, fc.anything()), (body) =>
      throwsWireErrorsOnly(readBatch, body),
    );
    fc.assert(holds, { numRuns: 5_000 });
  });
});

describe('a snapshot', () => {
  it('gives back its header', () => {
    const cursors = fc
      .array(fc.tuple(epochs, fc.oneof(sequences, fc.constant(0))))
      .map((pairs) => new Map(pairs));
    const holds = fc.property(epochs, cursors, (epoch, written) => {
      expect(readSnapshotHeader(JSON.parse(snapshotHeaderText({ epoch, cursors: written })))).toEqual({
        epoch,
        cursors: written,
      });
    });
    fc.assert(holds);
  });

  it('gives back its chunks and its end', () => {
    const state = { state: '["a",1]', sinceMs: 990.5, changedMs: 1_000 };
    expect(readChunk(JSON.parse(chunkText('numbers', [state, state], nowMs)))).toEqual([
      { kind: 'numbers', ageMs: 10, unchangedMs: 0, state: ['a', 1] },
      { kind: 'numbers', ageMs: 10, unchangedMs: 0, state: ['a', 1] },
    ]);
    expect(readChunk(JSON.parse(endText))).toBe('end');
  });

  it('does not end by what is no end', () => {
    for (const line of [{ end: false }, { end: 'true' }, {}, null, 'end', [true]])
      expect(() => readChunk(line)).toThrow(WireError);
  });

  it.each([
    [{ v: 1, epoch: 'x', cursors: {} }, /^epoch must be/],
    [{ v: 1, epoch: batch.epoch, cursors: { x: 1 } }, /^epoch must be/],
    [{ v: 1, epoch: batch.epoch, cursors: { [batch.epoch]: -1 } }, /^cursors must be sequence numbers/],
    [{ v: 1, epoch: batch.epoch, cursors: { [batch.epoch]: '1' } }, /^cursors must be sequence numbers/],
    [{ v: 1, epoch: batch.epoch, cursors: [] }, /^cursors must be a JSON object$/],
    [{ epoch: batch.epoch, cursors: {} }, /^v must be 1/],
  ])('is refused by its header: %#', (line, message) => {
    expect(() => readSnapshotHeader(line)).toThrow(message);
  });

  it('of whatever shape brings no error but WireError', () => {
    const holds = fc.property(fc.oneof(fc.jsonValue(), fc.anything()), (line) => {
      throwsWireErrorsOnly(readSnapshotHeader, line);
      throwsWireErrorsOnly(readSnapshotHeader, { v: 1, epoch: batch.epoch, cursors: line });
      throwsWireErrorsOnly(readChunk, line);
      throwsWireErrorsOnly(readChunk, { events: line });
    });
    fc.assert(holds, { numRuns: 2_000 });
  });
});
