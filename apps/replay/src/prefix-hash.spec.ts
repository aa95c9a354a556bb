import { describe, expect, it } from 'vitest';
import { prefixHash, promptHash } from './prefix-hash.js';

describe('prefixHash', () => {
  it.each([
    // The first numbers of SplitMix64 from the seeds 0 and 1234567, as published implementations give them.
    [0, 16294208416658607535n],
    [1234567, 6457827717110365317n],
  ])('is the number of SplitMix64 for %i', (id, hash) => {
    expect(prefixHash(id)).toBe(hash);
  });

  it('gives 64-bit hashes, none twice, nearly all beyond 2^53', () => {
    const ids = [...Array.from({ length: 20_000 }, (_, id) => id), 2 ** 32, Number.MAX_SAFE_INTEGER];
    const hashes = ids.map(prefixHash);
    expect(new Set(hashes).size).toBe(ids.length);
    expect(hashes.every((hash) => hash >= 0n && hash < 2n ** 64n)).toBe(true);
    expect(hashes.filter((hash) => hash <= 2n ** 53n).length).toBeLessThan(100);
    // Rounded to doubles, as a plain parser does, they would not be themselves.
    expect(hashes.filter((hash) => BigInt(Number(hash)) === hash).length).toBeLessThan(100);
  });
});

describe('promptHash', () => {
  it('lists every digit', () => {
    expect(promptHash(new Uint32Array())).toBe('[]');
    expect(promptHash(Uint32Array.of(0, 1234567))).toBe('[16294208416658607535,6457827717110365317]');
  });
});
