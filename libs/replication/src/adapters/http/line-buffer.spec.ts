import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineBuffer } from './line-buffer.js';

/** The lines of all chunks, as text. */
function linesOf(buffer: LineBuffer, chunks: readonly string[]): string[] | 'too-long' {
  const lines: string[] = [];
  for (const chunk of chunks) {
    const whole = buffer.push(Buffer.from(chunk));
    if (whole === 'too-long') return 'too-long';
    lines.push(...whole.map(String));
  }
  return lines;
}

describe('LineBuffer', () => {
  it('gives lines as soon as they are whole', () => {
    const buffer = new LineBuffer(100);
    expect(linesOf(buffer, ['one\ntwo\nth'])).toEqual(['one', 'two']);
    expect(linesOf(buffer, ['r'])).toEqual([]);
    expect(linesOf(buffer, ['ee', '\n\nfour\n'])).toEqual(['three', '', 'four']);
    expect(linesOf(buffer, ['five', '\n'])).toEqual(['five']);
  });

  it('gives the same lines however they are cut into chunks', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 60 });
    const holds = fc.property(text, fc.array(fc.nat(60), { maxLength: 8 }), (all, places) => {
      const cuts = [0, ...places.toSorted((a, b) => a - b), all.length];
      const chunks = cuts.slice(1).map((end, i) => all.slice(cuts[i], end));
      expect(linesOf(new LineBuffer(60), chunks)).toEqual(all.split('\n').slice(0, -1));
    });
    fc.assert(holds, { numRuns: 1_000 });
  });

  it('leaves a line alone that it has given out', () => {
    const buffer = new LineBuffer(100);
    buffer.push(Buffer.from('on'));
    const [line] = buffer.push(Buffer.from('e\ntw'));
    buffer.push(Buffer.from('o and more\nthree'));
    expect(String(line)).toBe('one');
  });

  it.each([
    ['at once', ['abcd\n'], ['abcde\n']],
    ['in parts', ['ab', 'cd', '\n'], ['ab', 'cd', 'e\n']],
    ['after others', ['ab\nabcd\n'], ['ab\nabcde\n']],
    ['before its end', ['abcd'], ['ab', 'cde']],
  ])('takes a line of the most bytes, and refuses a longer one that comes %s', (_, allowed, tooLong) => {
    expect(linesOf(new LineBuffer(4), allowed)).not.toBe('too-long');
    expect(linesOf(new LineBuffer(4), tooLong)).toBe('too-long');
  });

  it('gathers a line of 1 MiB that comes byte by byte, in time that grows with its length alone', () => {
    const maxBytes = 1024 * 1024;
    const buffer = new LineBuffer(maxBytes);
    const byte = Buffer.from('x');
    for (let i = 0; i < maxBytes; i++) buffer.push(byte);
    expect(buffer.push(Buffer.from('\n'))).toEqual([Buffer.alloc(maxBytes, 'x')]);
    for (let i = 0; i < maxBytes; i++) buffer.push(byte);
    expect(buffer.push(byte)).toBe('too-long');
  });
});
