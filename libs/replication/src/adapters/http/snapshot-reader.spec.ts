import { beforeEach, describe, expect, it } from 'vitest';
import { readSnapshot } from './snapshot-reader.js';

const headerLine = '{"v":1,"epoch":"0123456789abcdef","cursors":{"fedcba9876543210":7}}';
const eventsLine = (name: string) =>
  `{"events":[{"kind":"load","ageMs":1,"unchangedMs":0,"state":"${name}"}]}`;
const endLine = '{"end":true}';

describe('readSnapshot', () => {
  let linesTaken: number;
  let isGivenBack: boolean;
  beforeEach(() => {
    linesTaken = 0;
    isGivenBack = false;
  });

  /** A body of a chunk for each line, that breaks at its end where an error is given. */
  async function* bodyOf(lines: readonly string[], error?: Error): AsyncIterable<Buffer> {
    try {
      for (const line of lines) {
        linesTaken++;
        yield Buffer.from(`${line}\n`);
      }
      if (error !== undefined) throw error;
    } finally {
      isGivenBack = true;
    }
  }
  const read = async (lines: readonly string[], error?: Error) => {
    const { header, chunks } = await readSnapshot(bodyOf(lines, error));
    const states: unknown[] = [];
    for await (const events of chunks) states.push(...events.map(({ state }) => state));
    return { header, states };
  };

  it('gives the header, and then the chunks up to the end', async () => {
    expect(await read([headerLine, eventsLine('a'), eventsLine('b'), endLine])).toEqual({
      header: { epoch: '0123456789abcdef', cursors: new Map([['fedcba9876543210', 7]]) },
      states: ['a', 'b'],
    });
    expect(isGivenBack).toBe(true);
  });

  it('takes no more of the body than is asked for, and gives it back when the reader stops', async () => {
    const { chunks } = await readSnapshot(bodyOf([headerLine, eventsLine('a'), eventsLine('b'), endLine]));
    expect(linesTaken).toBe(1);
    for await (const _ of chunks) break;
    expect([linesTaken, isGivenBack]).toEqual([2, true]);
  });

  it.each([
    ['without a line', []],
    ['after its header', [headerLine]],
    ['before its end', [headerLine, eventsLine('a')]],
  ])('tells of one that was cut off %s', async (_, lines) => {
    await expect(read(lines)).rejects.toMatchObject({
      name: 'PeerError',
      message: 'the snapshot was cut off',
    });
  });

  it.each([
    ['first', []],
    ['later', [headerLine]],
  ])('refuses a %s line that is not JSON, and gives the body back', async (_, before) => {
    const outcome = read([...before, '<html>', endLine]);
    await expect(outcome).rejects.toMatchObject({
      name: 'WireError',
      message: expect.stringMatching(/^a line of the snapshot is not JSON: /),
    });
    expect([linesTaken, isGivenBack]).toEqual([before.length + 1, true]);
  });

  it('refuses a first line that is no header, and gives the body back', async () => {
    await expect(read([endLine, endLine])).rejects.toMatchObject({ name: 'WireError' });
    expect([linesTaken, isGivenBack]).toEqual([1, true]);
  });

  it.each([
    ['before its header', []],
    ['before its end', [headerLine]],
  ])('tells by a PeerError of a connection that failed %s', async (_, lines) => {
    await expect(read(lines, new Error('other side closed'))).rejects.toMatchObject({
      name: 'PeerError',
      message: 'other side closed',
    });
  });
});
