import type { Life } from './inference-request.js';
import { type RequestKey, avalanche } from './request-table/request-key.js';

/**
 * Hashes everything that replicas must agree on about an id; an age is not: it differs by what the way took. A record
 * that is packed on one replica is packed on all, since flags decide that and they are hashed, too.
 *
 * @returns 64 bits, as two halves
 */
export function hashLife({ high, low }: RequestKey, life: Life): readonly [high: number, low: number] {
  const flags = (life.released ? 1 : 0) | (life.removed ? 2 : 0) | (life.record === undefined ? 0 : 4);
  let a = avalanche(high ^ Math.imul(life.generation, 0x9e3779b1));
  let b = avalanche(low ^ Math.imul(flags + 1, 0x85ebca77));
  if (life.record !== undefined) {
    const { timestampNs, cluster, ip, promptLength } = life.record;
    const stampHigh = Number(BigInt.asIntN(32, timestampNs >> 32n));
    const stampLow = Number(BigInt.asIntN(32, timestampNs));
    a = avalanche(a ^ stampHigh ^ Math.imul(promptLength, 0xc2b2ae3d));
    b = avalanche(b ^ stampLow);
    a = hashText(a, cluster);
    b = hashText(b, ip);
  }
  return [avalanche(a ^ (b >>> 5)), avalanche(b + a)];
}

function hashText(seed: number, text: string): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return avalanche(hash);
}
