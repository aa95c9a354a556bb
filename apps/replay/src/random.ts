/** A stream of pseudo-random numbers. */
export interface Random {
  /** The next number, uniform in [0, 1). */
  next(): number;
  /** The next whole number, uniform in 0…limit-1; `limit` is at least 1 and well below 2^32. */
  below(limit: number): number;
}

/** The greatest seed that tells streams apart. */
export const maxSeed = 2 ** 32 - 1;

/**
 * A generator that gives the same stream for the same `seed` and `purpose` on every machine. Streams of
 * different purposes are independent, so that a draw more in one never shifts another.
 */
export function seededRandom(seed: number, purpose: string): Random {
  let state = seed >>> 0;
  for (const character of purpose) state = scramble((state + character.charCodeAt(0)) >>> 0);

  const next = (): number => {
    // A Weyl sequence visits all 2^32 states; the scrambler makes its steps look random.
    state = (state + 0x9e3779b9) >>> 0;
    return scramble(state) / 2 ** 32;
  };
  return { next, below: (limit) => Math.floor(next() * limit) };
}

/** A bijection of 32-bit numbers in which every input bit reaches every output bit (murmur3's finaliser). */
function scramble(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
