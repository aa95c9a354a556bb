import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiError } from './api-error.js';
import { parseJsonBody } from './json-body.js';

const parse = (text: string): unknown => parseJsonBody(Buffer.from(text));

describe('parseJsonBody', () => {
  it.each([
    ['{"timestamp":1763851234567123457}', { timestamp: 1763851234567123457n }],
    ['{"timestamp" : -9223372036854775808 , "a":1}', { timestamp: -9223372036854775808n, a: 1 }],
    [
      '{"timestamp":1763851234567123457,"timestamp":1763851234567123459}',
      { timestamp: 1763851234567123459n },
    ],
    ['{"\\u0074imestamp":1763851234567123457}', { timestamp: 1763851234567123457n }],
    [
      '{"a":{"timestamp":1763851234567123459},"timestamp":1763851234567123457}',
      { a: { timestamp: 1763851234567123459n }, timestamp: 1763851234567123457n },
    ],
    ['{"id":"1763851234567123457","n":12}', { id: '1763851234567123457', n: 12 }],
    [
      '{"prompt_hash":[9007199254740993],"n":9007199254740993}',
      { prompt_hash: [9007199254740993n], n: 9007199254740993n },
    ],
    ['{"n":9007199254740993,"a":{"n":[1]}}', { n: 9007199254740993n, a: { n: [1] } }],
    ['[9007199254740992,9007199254740993]', [9007199254740992n, 9007199254740993n]],
    ['{"n":1e3,"f":0.1234567890123456789}', { n: 1000, f: 0.12345678901234568 }],
    ['{"n":1e19}', { n: 1e19 }],
    ['null', null],
  ])('keeps every digit of %s', (text, value) => {
    expect(parse(text)).toEqual(value);
  });

  it('agrees with JSON.parse on all that a double can hold', () => {
    const holds = fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      const narrow = JSON.parse(text, (_, v: unknown) =>
        typeof v === 'number' && Math.abs(v) > 2 ** 53 ? 0 : v,
      );
      expect(parse(JSON.stringify(narrow))).toEqual(narrow);
    });
    fc.assert(holds);
  });

  it('gives the exact integer wherever it stands', () => {
    const integers = fc.bigInt(-(2n ** 63n), 2n ** 64n - 1n);
    const names = fc.constantFrom('timestamp', 'a', 'n', '"', 'é');
    const holds = fc.property(
      fc.array(fc.tuple(names, integers), { minLength: 1, maxLength: 4 }),
      (fields) => {
        const text = `{${fields.map(([name, n]) => `${JSON.stringify(name)}:${n}`).join(',')}}`;
        const parsed = parse(text) as Record<string, bigint>;
        for (const [name, n] of new Map(fields)) expect(BigInt(parsed[name]!)).toBe(n);
      },
    );
    fc.assert(holds);
  });

  it('keeps __proto__ a plain field', () => {
    const parsed = parse('{"__proto__":{"polluted":1},"n":9007199254740993}') as object;
    expect(Object.hasOwn(parsed, '__proto__')).toBe(true);
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
  });

  it.each(['{', '{"a":}', 'cluster=a', '\u0000', '{"a":1}x', '\n\u2028'])(
    'refuses %j in words of one line',
    (text) => {
      expect(() => parse(text)).toThrow(ApiError);
      expect(() => parse(text)).toThrow(/^invalid JSON: [^\p{Cc}\p{Zl}]+$/u);
    },
  );

  it('refuses what is not UTF-8', () => {
    expect(() => parseJsonBody(Buffer.from([0x7b, 0xff, 0x7d]))).toThrow(
      /^invalid JSON: the body is not UTF-8/,
    );
  });

  it('takes an empty body for none', () => {
    expect(parse('')).toBeUndefined();
  });
});
