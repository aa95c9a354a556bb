import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPrintable, printable, quoted } from './printable.js';

/** Any UTF-16, lone surrogates too. */
const anyText = fc.array(fc.nat(0xffff)).map((codes) => String.fromCharCode(...codes));
const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u;

describe('printable', () => {
  it.each([
    ['plain ünï 模型 😀', 'plain ünï 模型 😀'],
    ['a\nb\r\t', 'a\\u000ab\\u000d\\u0009'],
    ['\u001B[31m', '\\u001b[31m'],
    ['\u007F\u0085\u009B', '\\u007f\\u0085\\u009b'],
    ['\u2028\u2029', '\\u2028\\u2029'],
    ['\uD800a\uDC00', '\uFFFDa\uFFFD'],
  ])('writes %j so that it stays on its line', (text, written) => {
    expect(printable(text)).toBe(written);
  });

  it('leaves nothing unsafe in any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(printable(text)).not.toMatch(unsafe);
      }),
    );
  });
});

describe('isPrintable', () => {
  it.each(['', 'plain ünï 模型 😀', '"\\'])('takes %j', (text) => {
    expect(isPrintable(text)).toBe(true);
  });

  it.each(['a\n', '\u001B', '\u007F', '\u0085', '\u2028', '\u2029', '\uD800', 'a\uDC00'])(
    'refuses %j, time and again',
    (text) => {
      expect([isPrintable(text), isPrintable(text)]).toEqual([false, false]);
    },
  );

  it('takes just what printable leaves as it is, format characters apart', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const plain = text.replaceAll(/\p{Cf}/gu, '');
        expect(isPrintable(text)).toBe(isPrintable(plain));
        expect(isPrintable(plain)).toBe(printable(plain) === plain);
      }),
    );
  });
});

describe('printable', () => {
  it.each([
    ['\uFEFF{', '\\ufeff{'],
    ['a\u202Eb', 'a\\u202eb'],
    ['\u{E0001}', '\\udb40\\udc01'],
  ])('shows %j, which nobody would see', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });
});

describe('quoted', () => {
  it.each([
    ['text', '"text"'],
    ['a"b\n', '"a\\"b\\n"'],
    [5, '5'],
    [5n, '5'],
    [true, 'true'],
    [null, 'null'],
    [undefined, 'undefined'],
    [[1], 'a list'],
    [{ a: 1 }, 'an object'],
    [Symbol('a list or an object'), 'a list or an object'],
    ['x'.repeat(100), `"${'x'.repeat(63)}…`],
  ])('says what %s is', (value, words) => {
    expect(quoted(value)).toBe(words);
  });

  it('is short and safe for any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(quoted(text)).not.toMatch(unsafe);
        expect(quoted(text).length).toBeLessThanOrEqual(65 * 6);
      }),
    );
  });
});
