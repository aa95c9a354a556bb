import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOf } from './lines.js';

async function* bodyOf(chunks: readonly Buffer[]): AsyncIterable<Buffer> {
  yield* chunks;
}

async function readAll(chunks: readonly Buffer[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(bodyOf(chunks))) lines.push(line);
  return lines;
}

/** Cuts a buffer at these places. */
function cut(buffer: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...places.map((place) => place % (buffer.length + 1)), buffer.length].sort((a, b) => a - b);
  return ends.map((end, i) => buffer.subarray(ends[i - 1] ?? 0, end));
}

describe('linesOf', () => {
  it('gives the same lines however the body is cut into chunks, within characters too', async () => {
    const texts = fc.array(fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ' ')));
    const holds = fc.asyncProperty(texts, fc.array(fc.nat(), { maxLength: 8 }), async (lines, places) => {
      const body = Buffer.from(lines.map((line) => `${line}\n`).join(''), 'utf8');
      expect(await readAll(cut(body, places))).toEqual(lines);
    });
    await fc.assert(holds, { numRuns: 1_000 });
  });

  it('leaves out a last line that has no end: it was cut off', async () => {
    expect(await readAll([Buffer.from('{"events":[]}\n{"end":true}')])).toEqual(['{"events":[]}']);
  });

  it('takes lines of 4 MiB, and refuses longer ones before they are whole', async () => {
    const part = Buffer.alloc(1024 * 1024, 'x');
    const end = Buffer.from('\n');
    expect((await readAll([part, part, part, part, end]))[0]).toHaveLength(4 * 1024 * 1024);
    expect(await readAll([part, part, end, part, part, part, end])).toHaveLength(2);
    let taken = 0;
    async function* endless() {
      for (;;) {
        taken++;
        yield part;
      }
    }
    const reading = linesOf(endless())[Symbol.asyncIterator]().next();
    await expect(reading).rejects.toMatchObject({
      name: 'PeerError',
      message: 'a line of more than 4194304 bytes',
    });
    expect(taken).toBe(5);
  });
});
