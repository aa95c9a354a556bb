import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StateDigest, bucketCount } from './state-digest.js';

type State = [bucket: number, high: number, low: number];

const states = fc.array(
  fc.tuple(fc.nat(bucketCount - 1), fc.integer(), fc.integer()) as fc.Arbitrary<State>,
  { maxLength: 30 },
);

function digestOf(added: readonly State[]): StateDigest {
  const digest = new StateDigest();
  for (const state of added) digest.add(...state);
  return digest;
}

describe('StateDigest', () => {
  it('does not depend on the order', () => {
    const holds = fc.property(states, (added) => {
      expect(digestOf(added.toReversed()).toText()).toBe(digestOf(added).toText());
    });
    fc.assert(holds);
  });

  it('comes back from its text', () => {
    const holds = fc.property(states, (added) => {
      const text = digestOf(added).toText();
      expect(text).toMatch(/^[0-9a-f]{4096}$/);
      expect(StateDigest.fromText(text)?.toText()).toBe(text);
      expect(StateDigest.fromText(text)?.differencesTo(digestOf(added))).toEqual([]);
    });
    fc.assert(holds);
  });

  it('differs in the bucket of each state that one lacks, both halves of the hash counting', () => {
    const one = digestOf([
      [0, 1, 1],
      [7, 5, 5],
      [255, 9, 9],
    ]);
    expect(
      one.differencesTo(
        digestOf([
          [7, 5, 5],
          [255, 9, 8],
        ]),
      ),
    ).toEqual([0, 255]);
    expect(
      one.differencesTo(
        digestOf([
          [0, 2, 1],
          [7, 5, 5],
          [255, 9, 9],
        ]),
      ),
    ).toEqual([0]);
    expect(one.differencesTo(one)).toEqual([]);
  });

  it('sums modulo 2^32, each half by itself', () => {
    const digest = digestOf([
      [1, -1, 0xffff_ffff],
      [1, 2, 2],
    ]);
    expect(digest.toText().slice(16, 32)).toBe('0000000100000001');
  });

  it('writes the buckets in their order', () => {
    const text = digestOf([
      [0, 0xa, 0xb],
      [255, 0xc, 0xd],
    ]).toText();
    expect([text.slice(0, 16), text.slice(-16)]).toEqual(['0000000a0000000b', '0000000c0000000d']);
  });

  it.each([
    '',
    '0'.repeat(4_095),
    '0'.repeat(4_097),
    'g'.repeat(4_096),
    'A'.repeat(4_096),
    `${'0'.repeat(4_096)}\n`,
  ])('is no text of another form', (text) => {
    expect(StateDigest.fromText(text)).toBeUndefined();
  });
});
