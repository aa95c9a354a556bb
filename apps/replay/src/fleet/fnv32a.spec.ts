import { describe, expect, it } from 'vitest';
import { fnv32a } from './fnv32a.js';

describe('fnv32a', () => {
  it.each([
    // The vectors of the reference implementation (isthe.com/chongo/src/fnv/test_fnv.c).
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['b', 0xe70c2de5],
    ['c', 0xe60c2c52],
    ['fo', 0x6222e842],
    ['foo', 0xa9f37ed7],
    ['foob', 0x3f5076ef],
    ['foobar', 0xbf9cf968],
    ['chongo was here!\n', 0xd49930d5],
  ])('hashes %j as the reference does', (text, hash) => {
    expect(fnv32a(text)).toBe(hash);
  });

  it('hashes the UTF-8 bytes, not the characters', () => {
    const bytewise = [0xe6, 0xa8, 0xa1].reduce(
      (hash, byte) => Number((BigInt(hash ^ byte) * 0x01000193n) & 0xffffffffn),
      0x811c9dc5,
    );
    expect(fnv32a('\u6a21')).toBe(((bytewise % 2 ** 32) + 2 ** 32) % 2 ** 32);
  });
});
