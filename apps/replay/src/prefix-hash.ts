import type { HashIds } from './trace/hash-ids.js';

/** What SplitMix64 adds to its state before each number, so that 0 does not become 0. */
const increment = 0x9e3779b97f4a7c15n;

/**
 * The 64-bit hash that stands for a prefix in the API: SplitMix64's number for the state `id` (Steele, Lea and
 * Flood 2014). A bijection of 64-bit numbers, so different ids never get the same hash; nearly all of them are
 * beyond 2^53.
 */
export function prefixHash(id: number): bigint {
  let mixed = BigInt.asUintN(64, BigInt(id) + increment);
  mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n);
  mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn);
  return mixed ^ (mixed >> 31n);
}

/**
 * The hashes of a prompt's prefixes as a JSON list with every digit. Made anew for each call: 0.1 µs a hash
 * costs less than it would to keep the text.
 */
export function promptHash(ids: HashIds): string {
  let list = '';
  for (const id of ids) list += `${list === '' ? '' : ','}${prefixHash(id)}`;
  return `[${list}]`;
}
