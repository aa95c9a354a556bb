import { beforeEach, describe, expect, it } from 'vitest';
import { GrowingNumbers, type ReplicaParts, replicaParts } from '#testing';
import { ReceivedCursors } from '../domain/received-cursors.js';
import { ServeSnapshot } from './serve-snapshot.js';

describe('ServeSnapshot', () => {
  let parts: ReplicaParts;
  let cursors: ReceivedCursors;
  let serve: ServeSnapshot;
  beforeEach(() => {
    parts = replicaParts();
    parts.self.becomeReady(false);
    cursors = new ReceivedCursors();
    serve = new ServeSnapshot(
      parts.self,
      parts.log,
      cursors,
      parts.states,
      parts.totals,
      parts.clock,
      parts.timers,
    );
  });

  const publish = () => parts.log.append({ kind: 'numbers', state: '["z",1]', sinceMs: 0, loggedMs: 0 });
  const begin = (selection = {}) => {
    const lines = serve.execute(selection);
    if (typeof lines === 'string') throw new Error(lines);
    return lines[Symbol.asyncIterator]();
  };
  const readAll = async (selection = {}) => {
    const lines: unknown[] = [];
    const reading = begin(selection);
    for (let line = await reading.next(); !line.done; line = await reading.next())
      lines.push(JSON.parse(line.value));
    return lines;
  };
  const eventOf = (name: string, value: number) => ({
    kind: 'numbers',
    ageMs: 0,
    unchangedMs: 0,
    state: [name, value],
  });

  it('tells the cursors, then all that is known, then the end', async () => {
    publish();
    cursors.receive('f'.repeat(16), 'b:1', { first: 1, count: 3, oldest: 1 });
    for (const name of ['a', 'b', 'c']) parts.numbers.set(name, 1);
    expect(await readAll()).toEqual([
      { v: 1, epoch: parts.self.epoch, cursors: { [parts.self.epoch]: 1, ['f'.repeat(16)]: 3 } },
      { events: [eventOf('a', 1), eventOf('b', 1)] },
      { events: [eventOf('c', 1)] },
      { end: true },
    ]);
    expect(parts.totals.snapshotsServed).toBe(1);
  });

  it('reads the cursors before the first chunk', async () => {
    parts.numbers.set('a', 1);
    const reading = begin();
    const header = JSON.parse((await reading.next()).value as string) as object;
    publish();
    cursors.receive('f'.repeat(16), 'b:1', { first: 1, count: 3, oldest: 1 });
    parts.numbers.set('a', 2);
    expect(header).toMatchObject({ cursors: { [parts.self.epoch]: 0 } });
    expect((await reading.next()).value).toContain('["a",2]');
  });

  it('does nothing that is not asked for: a chunk is made when it is read', async () => {
    let slices = 0;
    const { numbers } = parts;
    const states = numbers.states.bind(numbers);
    numbers.states = function* (selection) {
      for (const slice of states(selection)) {
        slices++;
        yield slice;
      }
    };
    for (const name of 'abcdefgh') numbers.set(name, 1);
    const reading = begin();
    await reading.next();
    expect(slices).toBe(0);
    await reading.next();
    expect(slices).toBe(1);
  });

  it('may be of some buckets and ages', async () => {
    parts.numbers.set('a', 1);
    parts.clock.advance(10);
    parts.numbers.set('b', 1);
    const chunks = async (selection: object) => (await readAll(selection)).slice(1, -1);
    expect(await chunks({ buckets: new Set([98]) })).toEqual([{ events: [eventOf('b', 1)] }]);
    expect(await chunks({ buckets: new Set([97, 98]), youngerThanMs: 10 })).toEqual([
      { events: [eventOf('b', 1)] },
    ]);
  });

  describe('where there are hints', () => {
    let hints: GrowingNumbers;
    beforeEach(() => {
      hints = new GrowingNumbers(parts.clock, 'hints', false);
      hints.set('h', 9);
      parts.states.add(hints);
      parts.numbers.set('a', 1);
    });

    it('leaves them out, or is of them alone', async () => {
      const chunks = async (selection: object) => (await readAll(selection)).slice(1, -1);
      expect(await chunks({})).toEqual([{ events: [eventOf('a', 1)] }]);
      expect(await chunks({ buckets: new Set([97, 104]) })).toEqual([{ events: [eventOf('a', 1)] }]);
      expect(await chunks({ hints: true })).toEqual([{ events: [{ ...eventOf('h', 9), kind: 'hints' }] }]);
    });

    it('gives them to two readers at a time, and keeps places for those that need the states', async () => {
      const readers = [begin({ hints: true }), begin({ hints: true })];
      for (const reader of readers) await reader.next();
      expect(serve.execute({ hints: true })).toBe('busy');
      readers.push(begin(), begin());
      for (const reader of readers) await reader.next();
      expect(serve.execute({})).toBe('busy');
      await readers[0]!.return!();
      await readers[1]!.return!();
      expect(serve.execute({})).not.toBe('busy');
      expect(serve.execute({ hints: true })).toBe('busy');
    });

    it('gives none while it learns those of another itself', () => {
      parts.self.isRecallingHints = true;
      expect(serve.execute({ hints: true })).toBe('not-ready');
      expect(serve.execute({})).not.toBe('not-ready');
    });
  });

  it('is not given before this replica is ready, nor when it drains', () => {
    parts.self.drain();
    expect(serve.execute({})).toBe('not-ready');
  });

  it('is given to four readers at a time, and to the next when one has left or has all', async () => {
    for (const name of ['a', 'b', 'c']) parts.numbers.set(name, 1);
    const readers = [begin(), begin(), begin(), begin()];
    for (const reader of readers) await reader.next();
    expect(serve.execute({})).toBe('busy');
    await readers[0]!.next();
    await readers[0]!.return!();
    expect(serve.execute({})).not.toBe('busy');
    readers.push(begin());
    await readers[4]!.next();
    expect(serve.execute({})).toBe('busy');
    while (!(await readers[1]!.next()).done);
    expect(serve.execute({})).not.toBe('busy');
    expect(parts.totals.snapshotsServed).toBe(1);
  });

  it('does not refuse a reader for others that have stopped reading, but for a great many', async () => {
    for (let i = 0; i < 64; i++) {
      await parts.timers.advance(500);
      await begin().next();
    }
    expect(serve.execute({})).toBe('busy');
  });

  it('makes room again where a state fails', async () => {
    parts.numbers.states = () => {
      throw new Error('broken');
    };
    for (let i = 0; i < 5; i++) {
      const reading = begin();
      await reading.next();
      await expect(reading.next()).rejects.toThrow('broken');
    }
  });
});
