import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidUint64List } from './invalid-uint64-list.js';
import { parseJsonBody } from './json-body.js';
import { Uint64List } from './uint64-list.js';

const name = 'prompt_hash';
const max = 2n ** 64n - 1n;

type Parsed = Record<string, unknown>;
const parse = (text: string): Parsed => parseJsonBody(Buffer.from(text), [name]) as Parsed;
/** As the parser does for a route that names no lists. */
const parsePlain = (text: string): Parsed => parseJsonBody(Buffer.from(text)) as Parsed;

const valuesOf = ({ length, high, low }: Uint64List): bigint[] =>
  Array.from({ length }, (_, i) => (BigInt(high[i]!) << 32n) | BigInt(low[i]!));

function outcome(read: () => unknown): string {
  try {
    read();
    return 'JSON';
  } catch (error) {
    return (error as Error).message;
  }
}

/** What a list of these literals is to come out as. */
function expectedOf(literals: readonly string[]): unknown {
  const bad = literals.findIndex((literal) => !/^\d+$/.test(literal) || BigInt(literal) > max);
  if (bad === -1) return literals.map(BigInt);
  const kinds: Record<string, string> = { '[': 'a list', '{': 'an object' };
  return new InvalidUint64List(bad, kinds[literals[bad]![0]!] ?? literals[bad]!);
}

const space = fc.constantFrom('', '', '', ' ', '\n', '\t\r', '   ');
/** A list or an object of these texts, spaces wherever they may stand. */
const between = (open: string, parts: readonly string[], close: string): fc.Arbitrary<string> => {
  const tokens = [open, ...parts.flatMap((part, i) => (i === 0 ? [part] : [',', part])), close];
  return fc.tuple(...tokens.map(() => space)).map((spaces) => tokens.map((t, i) => t + spaces[i]!).join(''));
};

const edges = [0n, 10n ** 6n, 10n ** 12n, 10n ** 18n, 10n ** 19n, 2n ** 32n, 2n ** 53n, 2n ** 63n, max];
const nearEdge = fc
  .tuple(fc.constantFrom(...edges), fc.bigInt(-3n, 3n))
  .map(([edge, step]) => `${edge + step}`);
const uint64 = fc.oneof(
  fc.bigInt(0n, max).map(String),
  nearEdge.filter((text) => BigInt(text) >= 0n && BigInt(text) <= max),
);
const anyElement = fc.oneof(
  { weight: 4, arbitrary: uint64 },
  nearEdge,
  fc.bigInt(-max, 10n ** 45n).map(String),
  fc.constantFrom('-0', '1.0', '1e3', '0.5', '1E+2', '-1', 'null', 'true', '"1"', '"]"', '"\\"],"'),
  fc.constantFrom('[]', '[1]', '{}', '{"prompt_hash":[1]}', '[[2],"]"]'),
);
const literals = fc.oneof(fc.array(uint64, { maxLength: 12 }), fc.array(anyElement, { maxLength: 6 }));

interface Field {
  readonly nameText: string;
  readonly valueText: string;
  /** Of a list that is to be taken. */
  readonly literals?: readonly string[];
}
const listField: fc.Arbitrary<Field> = fc
  .tuple(fc.constantFrom('"prompt_hash"', '"prompt_hash"', '"prompt\\u005fhash"'), literals)
  .chain(([nameText, all]) =>
    between('[', all, ']').map((valueText) => ({ nameText, valueText, literals: all })),
  );
const otherValue = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value)),
  fc.constantFrom('"prompt_hash"', '"\\"prompt_hash\\":[1]"', '{"prompt_hash":[1]}', '[{"prompt_hash":[1]}]'),
  fc.constantFrom('"[{"', '"}]"', '"\\\\"', '"a,b:c"', '9007199254740993', '-9223372036854775807', '1e2'),
);
const otherField: fc.Arbitrary<Field> = fc.record({
  nameText: fc.constantFrom('"cluster"', '"topk"', '"é"', '"prompt_has"', '"\\""', '""', '"prompt_hash"'),
  valueText: otherValue.filter((text) => !text.startsWith('[')),
});
const otherList: fc.Arbitrary<Field> = fc.record({
  nameText: fc.constantFrom('"cluster"', '"a"', '"prompt_hash "'),
  valueText: otherValue.map((text) => `[${text}]`),
});
const bodies = fc
  .array(fc.tuple(fc.oneof(listField, otherField, otherList), space, space), { maxLength: 5 })
  .chain((all) => {
    const texts = all.map(([{ nameText, valueText }, a, b]) => `${nameText}${a}:${b}${valueText}`);
    return between('{', texts, '}').map((text) => ({ fields: all.map(([field]) => field), text }));
  });

describe('parseJsonBody with a list of uint64', () => {
  it.each<[text: string, hashes: bigint[]]>([
    ['{"prompt_hash":[]}', []],
    ['{"prompt_hash" : [ \n\t\r ] , "a":1}', []],
    ['{"prompt_hash":[0,9007199254740992,9007199254740993]}', [0n, 2n ** 53n, 2n ** 53n + 1n]],
    ['{"prompt_hash":[ 18446744073709551615 ,\n18446744073709551614]}', [max, max - 1n]],
    ['{"a":"\\"","prompt_hash":[1]}', [1n]],
    ['{"a":{"prompt_hash":["x"]},"prompt_hash":[2]}', [2n]],
    ['{"prompt_hash":["x"],"prompt_hash":[3]}', [3n]],
    ['{"prompt_hash":7,"\\u0070rompt_hash":[4]}', [4n]],
    ['{"\\u0070rompt_hash":[5],"a":"prompt_hash"}', [5n]],
  ])('reads %s exactly', (text, hashes) => {
    const list = parse(text)[name] as Uint64List;
    expect(list).toBeInstanceOf(Uint64List);
    expect(valuesOf(list)).toEqual(hashes);
    expect([list.length, list.high.length, list.low.length]).toEqual(Array(3).fill(hashes.length));
  });

  it.each<[list: string, index: number, element: string]>([
    ['[18446744073709551616]', 0, '18446744073709551616'],
    ['[1,2, -1 ]', 2, '-1'],
    ['[-0]', 0, '-0'],
    ['[1.0,-1]', 0, '1.0'],
    ['[7,1e3]', 1, '1e3'],
    ['[7,"1"]', 1, '"1"'],
    ['["a\\u2028\u2028"]', 0, '"a\\u2028\\u2028"'],
    ['[null]', 0, 'null'],
    ['[1,[2]]', 1, 'a list'],
    ['[1,{"prompt_hash":[1]}]', 1, 'an object'],
    [`[${'9'.repeat(400)}]`, 0, `${'9'.repeat(64)}…`],
  ])('says what does not belong into %s', (list, index, element) => {
    expect(parse(`{"a":1,"prompt_hash":${list},"b":2}`)).toEqual({
      a: 1,
      [name]: new InvalidUint64List(index, element),
      b: 2,
    });
  });

  it.each([
    '{"prompt_hash":"1"}',
    '{"prompt_hash":9007199254740993}',
    '{"prompt_hash":null}',
    '{"prompt_hash":{"prompt_hash":[1]}}',
    '{"prompt_hash":[1],"prompt_hash":"x"}',
    '{"a":[9007199254740993],"b":{"prompt_hash":[1]}}',
    '[{"prompt_hash":[1]}]',
    '"prompt_hash"',
    'null',
    '',
  ])('leaves %s as it is', (text) => {
    expect(parse(text)).toEqual(parsePlain(text));
  });

  it('keeps other integers exact, and the order of the fields', () => {
    const parsed = parse('{"a":9007199254740993,"prompt_hash":[1],"b":9007199254740995,"1":0}');
    expect(Object.keys(parsed)).toEqual(['1', 'a', name, 'b']);
    expect(parsed).toMatchObject({ a: 9007199254740993n, b: 9007199254740995n });
  });

  it('takes each list that the route names', () => {
    const parsed = parseJsonBody(Buffer.from('{"b":[2],"a":[1],"c":[3]}'), ['a', 'b']) as Parsed;
    expect(valuesOf(parsed['a'] as Uint64List)).toEqual([1n]);
    expect(valuesOf(parsed['b'] as Uint64List)).toEqual([2n]);
    expect(parsed['c']).toEqual([3]);
  });

  it('agrees with BigInt, whatever stands around the list', () => {
    const holds = fc.property(bodies, ({ fields, text }) => {
      const parsed = parse(text);
      const expected = parsePlain(text);
      const named = fields.findLast(({ nameText }) => JSON.parse(nameText) === name);
      if (named?.literals !== undefined) {
        const list = parsed[name];
        expect(list instanceof Uint64List ? valuesOf(list) : list).toEqual(expectedOf(named.literals));
        expected[name] = list;
      }
      expect(parsed).toEqual(expected);
    });
    fc.assert(holds, { numRuns: 2_000 });
  });

  it.each(['01', '00', '1,', ',1', ',', '1 2', '1,01', '+1', '0x1', '1.', '[1}', '"\n"', '-1,01', '1', ''])(
    'refuses a list of %j, or what follows it, as JSON.parse does',
    (inner) => {
      for (const text of [
        `[${inner}]`,
        `[${inner}`,
        `[7].${inner}`,
        `[7]e${inner}`,
        `[7]${inner}`,
        `[-1]${inner}`,
      ])
        expect(outcome(() => parse(`{"prompt_hash":${text}}`))).toBe(
          outcome(() => parsePlain(`{"prompt_hash":${text}}`)),
        );
    },
  );

  it('refuses exactly what JSON.parse refuses, in the same words', () => {
    const slips = fc.tuple(
      bodies,
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.nat(1),
      fc.constantFrom('', ...'[]{}",:\\ 0-.e', 'null', '\n', '[1]', '"prompt_hash":'),
    );
    const holds = fc.property(slips, ([{ text }, where, cut, inserted]) => {
      const at = Math.floor(where * text.length);
      const slipped = text.slice(0, at) + inserted + text.slice(at + cut);
      expect(outcome(() => parse(slipped))).toBe(outcome(() => parsePlain(slipped)));
    });
    fc.assert(holds, { numRuns: 5_000 });
  });

  it('reads what is as large as a body may be, however odd, without a recursion', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(parse(`{"prompt_hash":[1,${deep}],"a":9007199254740993}`)).toEqual({
      [name]: new InvalidUint64List(1, 'a list'),
      a: 9007199254740993n,
    });
  });
});
