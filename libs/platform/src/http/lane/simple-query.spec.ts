import { parse } from 'node:querystring';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simpleQuery } from './simple-query.js';

describe('simpleQuery', () => {
  it.each([
    ['cluster=c', { cluster: 'c' }],
    ['cluster=', { cluster: '' }],
    ['a=1&b=2', { a: '1', b: '2' }],
    ['a.b-c_d~e=.-_~0', { 'a.b-c_d~e': '.-_~0' }],
    ['constructor=x&toString=y', { constructor: 'x', toString: 'y' }],
  ])('reads %s', (query, fields) => {
    expect(simpleQuery(query)).toEqual(fields);
  });

  it('takes a prototype for a name like any other', () => {
    const fields = simpleQuery('__proto__=x')!;
    expect(Object.entries(fields)).toEqual([['__proto__', 'x']]);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  it.each([
    '',
    '=',
    '=c',
    'cluster',
    'cluster=a%20b',
    'cluster=%',
    'cluster=a+b',
    'cluster=a;b=c',
    'cluster=a=b',
    'cluster=a&',
    '&cluster=a',
    'cluster=a&&b=c',
    'cluster=a&cluster=a',
    'cluster=a&b=c&cluster=',
    'a[b]=c',
    'cluster=a#b',
    'cluster=a?b',
    'cluster=\u00e9',
    'cluster=a\n',
  ])('leaves %j to others', (query) => {
    expect(simpleQuery(query)).toBeUndefined();
  });

  it('reads what it reads as any parser of queries does', () => {
    const text = fc.string({ unit: fc.constantFrom(...'ab=&%+._~-;[]\u00e9'), maxLength: 20 });
    let read = 0;
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          text.map((value) => `cluster=${value}`),
        ),
        (query) => {
          const fields = simpleQuery(query);
          if (fields === undefined) return;
          read++;
          expect(fields).toEqual({ ...parse(query) });
        },
      ),
      { numRuns: 2_000 },
    );
    expect(read).toBeGreaterThan(20);
  });

  it('takes no longer for a query that nearly fits', () => {
    // Would backtrack for ages if the pattern were ambiguous.
    expect(simpleQuery(`${'a=b&'.repeat(100_000)}=`)).toBeUndefined();
  });
});
