import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readLines } from './lines.js';

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

async function linesOf(text: string, chunkBytes: number, maxLength = 100): Promise<(string | undefined)[]> {
  const bytes = Buffer.from(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, index) =>
    bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes),
  );
  return collect(readLines(Readable.from(chunks), maxLength));
}

describe('readLines', () => {
  it.each([1, 2, 3, 100])('gives the same lines from chunks of %i bytes', async (chunkBytes) => {
    expect(await linesOf('one\r\n\ntwo ü€\nthree', chunkBytes)).toEqual(['one', '', 'two ü€', 'three']);
    expect(await linesOf('one\n', chunkBytes)).toEqual(['one']);
    expect(await linesOf('', chunkBytes)).toEqual([]);
  });

  it('gives up at a line that is too long, without reading on', async () => {
    let given = 0;
    const endless = Readable.from(
      (function* () {
        for (;;) {
          given++;
          yield Buffer.alloc(10, given === 1 ? '\n' : 'x');
        }
      })(),
      { highWaterMark: 1 },
    );
    const lines = await collect(readLines(endless, 50));
    expect(lines).toEqual([...Array.from({ length: 10 }, () => ''), undefined]);
    expect(given).toBeLessThan(20);
  });
});
