import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { family, sample } from './exposition.js';

describe('the text format', () => {
  it('begins a family with its help and type', () => {
    expect(family('calls_total', 'counter', 'Calls')).toBe(
      '# HELP calls_total Calls\n# TYPE calls_total counter\n',
    );
  });

  it('writes a sample without labels', () => {
    expect(sample('ready', {}, 1)).toBe('ready 1\n');
  });

  it('writes labels in the order given', () => {
    expect(sample('n', { b: 'x', a: 'y' }, 1.5)).toBe('n{b="x",a="y"} 1.5\n');
  });

  it('escapes backslashes, quotes and newlines', () => {
    expect(sample('n', { a: '\\"\n' }, 0)).toBe('n{a="\\\\\\"\\n"} 0\n');
  });

  it('lets any value be read back, from one line', () => {
    const unescaped: Readonly<Record<string, string>> = { '\\\\': '\\', '\\"': '"', '\\n': '\n' };
    const text = fc.string({ unit: fc.constantFrom('\\', '"', '\n', 'n', '}', ',', '=', ' ', 'é') });
    const holds = fc.property(text, (value) => {
      const [, written] = /^n\{a="((?:[^"\\\n]|\\[\\"n])*)"\} 7\n$/.exec(sample('n', { a: value }, 7))!;
      expect(written!.replaceAll(/\\[\\"n]/g, (pair) => unescaped[pair]!)).toBe(value);
    });
    fc.assert(holds);
  });
});
