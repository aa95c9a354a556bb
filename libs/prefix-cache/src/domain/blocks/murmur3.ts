/** MurmurHash3 of three 32-bit words (Appleby, public domain). @returns 32 bits, signed */
export function murmur3(seed: number, first: number, second: number, third: number): number {
  let h = mixed(mixed(mixed(seed, first), second), third);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function mixed(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  const h = hash ^ Math.imul(k, 0x1b873593);
  return Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64;
}
