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
      '{"a":{"timestamp":9007199254740993},"timestamp":1763851234567123457}',
      { a: { timestamp: 2 ** 53 }, timestamp: 1763851234567123457n },
    ],
    ['{"id":"1763851234567123457","n":12}', { id: '1763851234567123457', n: 12 }],
    [
      '{"prompt_hash":[9007199254740993],"n":9007199254740993}',
      { prompt_hash: [2 ** 53], n: 9007199254740993n },
    ],
    ['{"n":9007199254740993,"a":{"n":[1]}}', { n: 9007199254740993n, a: { n: [1] } }],
    ['{"n":9007199254740993,"n":1}', { n: 1 }],
    ['{"n":9007199254740993,"n":1e19}', { n: 1e19 }],
    ['{"n":1,"\\u006e":9007199254740993}', { n: 9007199254740993n }],
    ['{"a":1,":1,":12345678901234567890}', { a: 1, ':1,': 12345678901234567890n }],
    ['{"a":"n","n":9007199254740993}', { a: 'n', n: 9007199254740993n }],
    ['{"n":1e3,"f":0.1234567890123456789}', { n: 1000, f: 0.12345678901234568 }],
    ['{"n":1e19}', { n: 1e19 }],
    ['null', null],
  ])('keeps every digit of the integers of the outermost object: %s', (text, value) => {
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

  it('gives the exact integer wherever it stands in the outermost object', () => {
    const integer = fc.bigInt(-(2n ** 63n), 2n ** 64n - 1n).map(String);
    const lookalike = fc.constantFrom('"n":9007199254740993,', '\\', '{', '12345678901234567');
    const value = fc.oneof(
      { weight: 3, arbitrary: integer },
      fc.constantFrom('1e19', '-0', '1234567890123456.5', 'null', 'true', '{"n":9007199254740993}', '[[1]]'),
      lookalike.map((text) => JSON.stringify(text)),
    );
    // None is a backslash: V8 14.6 reads the name "\"" as "\\" where it has seen that one before.
    const names = fc.constantFrom('timestamp', 'a', 'n', '"', 'é', '__proto__', '0');
    const holds = fc.property(
      fc.array(fc.tuple(names, value, fc.constantFrom('', ' ', '\n')), { minLength: 1, maxLength: 6 }),
      (fields) => {
        const parts = fields.map(
          ([name, literal, s]) => `${s}${JSON.stringify(name)}${s}:${s}${literal}${s}`,
        );
        const parsed = parse(`{${parts.join(',')}}`) as Record<string, unknown>;
        const last = new Map(fields.map(([name, literal]) => [name as string, literal]));
        expect(Object.keys(parsed)).toHaveLength(last.size);
        for (const [name, literal] of last) {
          const plain: unknown = JSON.parse(literal);
          const isRounded = /^-?\d+$/.test(literal) && !Number.isSafeInteger(plain);
          expect(parsed[name]).toStrictEqual(isRounded ? BigInt(literal) : plain);
        }
      },
    );
    fc.assert(holds, { numRuns: 2_000 });
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

  it('takes the character that stands for what is no UTF-8, where it was sent', () => {
    expect(parse('{"a":"\u{fffd}"}')).toEqual({ a: '\u{fffd}' });
  });

  it('takes an empty body for none', () => {
    expect(parse('')).toBeUndefined();
  });
});
