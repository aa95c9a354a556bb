import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chainOf } from '../../../test-support/chain-of.js';
import type { HashChain } from '../../domain/hash-chain.js';
import { droppedText, heldText, readPrefixes, savedText } from './prefix-format.js';

const nowMs = 10_000;
const ages = { ageMs: 7.5, unchangedMs: 2 };
const maxUint64 = 2n ** 64n - 1n;

const chains = fc.array(fc.bigInt({ min: 0n, max: maxUint64 }), { minLength: 1, maxLength: 50 }).map(chainOf);
const clusters = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 256 }),
  fc.constantFrom('say "llama"', 'back\\slash', '“é” 😀', '\ud800', '\n'),
);
const ips = fc.ipV4();

const read = (text: string) => readPrefixes(JSON.parse(text), ages, nowMs);

describe('the format of prefixes', () => {
  it.each([
    ['saved', savedText],
    ['held', heldText],
  ] as const)('gives back what was %s', (what, textOf) => {
    const holds = fc.property(clusters, ips, chains, (cluster, ip, chain) => {
      expect(read(textOf(cluster, ip, chain))).toEqual({ what, cluster, ip, chain, sinceMs: nowMs - 7.5 });
    });
    fc.assert(holds, { numRuns: 1_000 });
  });

  it('gives back which engine was dropped', () => {
    const holds = fc.property(clusters, ips, (cluster, ip) => {
      const chain = chainOf([]);
      expect(read(droppedText(cluster, ip))).toEqual({
        what: 'dropped',
        cluster,
        ip,
        chain,
        sinceMs: nowMs - 7.5,
      });
    });
    fc.assert(holds, { numRuns: 200 });
  });

  it('gives back the longest chain that there may be', () => {
    const chain = chainOf(Array.from({ length: 8_192 }, (_, i) => maxUint64 - BigInt(i)));
    expect(read(savedText('llama', '10.0.0.1', chain)).chain).toEqual(chain);
  });

  it('is the same in every release', () => {
    const chain = chainOf([1n, 2n ** 53n + 1n, maxUint64]);
    const hashes = 'AQAAAAAAAAABAAAAAAAgAP//////////';
    expect(savedText('ll"ama', '10.0.0.1', chain)).toBe(`{"c":"ll\\"ama","e":"10.0.0.1","h":"${hashes}"}`);
    expect(heldText('llama', '10.0.0.1', chain)).toBe(`{"c":"llama","e":"10.0.0.1","h":"${hashes}","o":1}`);
    expect(droppedText('llama', '10.0.0.1')).toBe('{"c":"llama","e":"10.0.0.1","d":1}');
    const state = { c: 'llama', e: '10.0.0.1', h: hashes, later: 'unknown' };
    expect(readPrefixes(state, ages, nowMs).chain).toEqual<HashChain>(chain);
  });

  const valid = { c: 'llama', e: '10.0.0.1', h: 'AQAAAAAAAAA=' };
  const cluster = 'c, the cluster, must be text of 1 to 256 characters';
  const engine = 'e, the engine, must be an IPv4 address';
  const hashes = 'h, the hashes, must be 1 to 8192 64-bit integers in base64';
  it.each<[name: string, state: unknown, message: string]>([
    ['null', null, 'it must be a JSON object'],
    ['text', 'llama', 'it must be a JSON object'],
    ['a number', 1, 'it must be a JSON object'],
    ['a list', [valid], cluster],
    ['no cluster', { ...valid, c: undefined }, cluster],
    ['an empty cluster', { ...valid, c: '' }, cluster],
    ['a cluster that is no text', { ...valid, c: 1 }, cluster],
    ['a cluster that is too long', { ...valid, c: 'x'.repeat(513) }, cluster],
    ['no engine', { ...valid, e: undefined }, engine],
    ['an engine that is no address', { ...valid, e: '10.0.0.256' }, engine],
    ['an engine of IPv6', { ...valid, e: '::1' }, engine],
    ['an engine that is no text', { ...valid, e: 167_772_161 }, engine],
    ['another mark than 1 of what is held', { ...valid, o: true }, 'o must be 1 or left out'],
    ['0 as a mark of what is held', { ...valid, o: 0 }, 'o must be 1 or left out'],
    ['another mark than 1 of what was dropped', { ...valid, d: '1' }, 'd must be 1 or left out'],
    ['no hashes', { ...valid, h: undefined }, hashes],
    ['hashes as numbers', { ...valid, h: [1] }, hashes],
    ['no hash', { ...valid, h: '' }, hashes],
    ['half a hash', { ...valid, h: 'AQAAAA==' }, hashes],
    ['a hash and a byte', { ...valid, h: 'AQAAAAAAAAAB' }, hashes],
    ['what is no base64', { ...valid, h: '!' }, hashes],
    ['too many hashes', { ...valid, h: Buffer.alloc(8 * 8_193).toString('base64') }, hashes],
  ])('refuses %s', (_name, state, message) => {
    expect(() => readPrefixes(state, ages, nowMs)).toThrow(
      expect.objectContaining({ name: 'WireError', message }),
    );
  });
});
