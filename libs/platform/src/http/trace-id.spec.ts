import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { traceIdOf } from './trace-id.js';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe('traceIdOf', () => {
  it('takes 1 to 128 printable ASCII characters over', () => {
    const printableAscii = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 128 });
    fc.assert(
      fc.property(printableAscii, (id) => {
        expect(traceIdOf(id)).toBe(id);
      }),
    );
  });

  it.each([
    [undefined],
    [''],
    ['x'.repeat(129)],
    ['a\n'],
    ['\n'],
    ['a\r\nSet-Cookie: b'],
    ['é'],
    ['\u007F'],
    [['a', 'b']],
  ])('makes a UUID for %j', (header) => {
    expect(traceIdOf(header)).toMatch(uuid);
    expect(traceIdOf(header)).not.toBe(traceIdOf(header));
  });

  it('gives nothing that could break a header or a line, whatever comes', () => {
    const anything = fc.string({ unit: 'binary', maxLength: 200 });
    fc.assert(
      fc.property(anything, (header) => {
        expect(traceIdOf(header)).toMatch(/^[ -~]{1,128}$/);
      }),
    );
  });
});
