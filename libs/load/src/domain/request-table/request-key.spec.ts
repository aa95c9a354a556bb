import { describe, expect, it } from 'vitest';
import { requestKeyOf } from './request-key.js';

const hex = (id: string): string => {
  const { high, low } = requestKeyOf(id);
  return [high, low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
};

describe('requestKeyOf', () => {
  it('never changes, since replicas of other releases use it too', () => {
    expect(['', 'req123', '0b8a4c36-2a44-4f3b-9f5e-0f8b6a1e2c33', '请求'].map(hex)).toMatchInlineSnapshot(`
      [
        "56156fae1f752bd7",
        "06a0665f906b4411",
        "af96e125deb74615",
        "8dcda5e3648cebb3",
      ]
    `);
  });

  it('tells a million ids apart that differ in little, in each half as well as chance allows', () => {
    const keys = new Set<string>();
    const lows = new Set<number>();
    for (let i = 0; i < 1_000_000; i++) {
      const { high, low } = requestKeyOf(`chatcmpl-${i}`);
      keys.add(`${high}:${low}`);
      lows.add(low);
    }
    expect(keys.size).toBe(1_000_000);
    // A million of 2^32 values: 116 collisions are expected.
    expect(lows.size).toBeGreaterThan(1_000_000 - 200);
  });

  it('changes about half of its bits with one bit of the id', () => {
    const base = requestKeyOf('request-0');
    const flipped = requestKeyOf('request-1');
    const bits = (n: number): number => n.toString(2).replaceAll('0', '').length;
    const changed = bits((base.high ^ flipped.high) >>> 0) + bits((base.low ^ flipped.low) >>> 0);
    expect(changed).toBeGreaterThan(16);
    expect(changed).toBeLessThan(48);
  });
});
