/**
 * The 64 bits that stand for a request id in memory and between replicas, as two 32-bit halves.
 *
 * Ids are not kept: at nine million known ids the chance that a new one meets another's key is 5e-13.
 */
export interface RequestKey {
  readonly high: number;
  readonly low: number;
}

/**
 * Hashes an id over its UTF-16 code units. Every replica must get the same key from the same id, also across
 * releases: the specification holds fixed values.
 */
export function requestKeyOf(requestId: string): RequestKey {
  let high = 0x2545f491 ^ requestId.length;
  let low = 0x9e3779b9 ^ requestId.length;
  for (let i = 0; i < requestId.length; i++) {
    const unit = requestId.charCodeAt(i);
    high = Math.imul(high ^ unit, 0x85ebca6b);
    high = (high << 13) | (high >>> 19);
    low = Math.imul(low ^ unit, 0xc2b2ae35);
    low = (low << 15) | (low >>> 17);
  }
  high = avalanche(high ^ (low >>> 7));
  low = avalanche(low ^ high);
  return { high, low };
}

/** The key as 16 hex digits, as replicas write it. */
export function keyText({ high, low }: RequestKey): string {
  return hex(high) + hex(low);
}

/** @returns undefined for text that is no key */
export function keyFromText(text: string): RequestKey | undefined {
  if (!/^[0-9a-f]{16}$/.test(text)) return undefined;
  return { high: parseInt(text.slice(0, 8), 16) | 0, low: parseInt(text.slice(8), 16) | 0 };
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}

/** MurmurHash3's 32-bit finalizer (Appleby, public domain): every input bit reaches every output bit. */
export function avalanche(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
