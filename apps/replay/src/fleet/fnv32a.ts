const offsetBasis = 0x811c9dc5;
const prime = 0x01000193;
const encoder = new TextEncoder();

/** FNV-1a of 32 bits over the UTF-8 bytes of `text`, as Go's `hash/fnv` gives it: 0…2^32-1. */
export function fnv32a(text: string): number {
  let hash = offsetBasis;
  for (const byte of encoder.encode(text)) hash = Math.imul(hash ^ byte, prime);
  return hash >>> 0;
}
