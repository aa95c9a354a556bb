import { Agent } from 'node:http';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { call } from './support/call.js';
import { type RunningReplica, startReplica } from './support/replica.js';

const trace = '../shared/traces/mooncake_conversation.jsonl';
const mask = 2n ** 64n - 1n;

/** SplitMix64 (Steele, Lea and Flood, 2014): a bijection of 64 bits, so that no two ids meet. */
function hashOf(id: number): bigint {
  let z = (BigInt(id) + 1n) * 0x9e3779b97f4a7c15n;
  z = (z ^ ((z & mask) >> 30n)) * 0xbf58476d1ce4e5b9n;
  z = ((z & mask) ^ ((z & mask) >> 27n)) * 0x94d049bb133111ebn;
  z &= mask;
  return z ^ (z >> 31n);
}
