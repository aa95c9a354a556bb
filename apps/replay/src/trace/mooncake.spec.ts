import { describe, expect, it } from 'vitest';
import { parseMooncakeLine } from './mooncake.js';

const line = (fields: object): string =>
  JSON.stringify({ timestamp: 0, input_length: 1, output_length: 1, ...fields });

describe('parseMooncakeLine', () => {
  it('reads times, lengths and prefixes and ignores the rest', () => {
    expect(
      parseMooncakeLine(
        '{"timestamp": 27482, "input_length": 6955, "output_length": 52, "hash_ids": [46, 47], "__proto__": 1}',
      ),
    ).toEqual({
      arrivalMs: 27482,
      inputTokens: 6955,
      outputTokens: 52,
      hashIds: Uint32Array.of(46, 47),
    });
  });

  it('has no prefixes where the line tells of none', () => {
    const bare = { arrivalMs: 0, inputTokens: 1, outputTokens: 1 };
    expect(parseMooncakeLine(line({}))).toEqual(bare);
    expect(parseMooncakeLine(line({ hash_ids: [] }))).toEqual(bare);
  });

  it('keeps every id exact', () => {
    const ids = [2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER, 0];
    expect(parseMooncakeLine(line({ hash_ids: ids }))).toMatchObject({ hashIds: Float64Array.from(ids) });
    expect(parseMooncakeLine(line({ hash_ids: ids.slice(0, 1) }))).toMatchObject({
      hashIds: Uint32Array.of(2 ** 32 - 1),
    });
  });

  it.each([
    ['{"timestamp": 0, "input_le', 'not valid JSON: {"timestamp": 0, "input_le; is the file complete?'],
    ['[1]', 'must be a JSON object, it is [1]'],
    ['null', 'must be a JSON object'],
    [line({ timestamp: -1 }), 'timestamp is -1; it must be milliseconds'],
    [line({ timestamp: '0' }), 'timestamp is "0"; it must be milliseconds'],
    [
      '{"timestamp": 1e999, "input_length": 1, "output_length": 1}',
      'timestamp is null; it must be milliseconds',
    ],
    ['{"timestamp": 0, "output_length": 1}', 'input_length is missing; it must be a whole number of tokens'],
    [line({ input_length: 1.5 }), 'input_length is 1.5'],
    [
      line({ input_length: 2 ** 31 }),
      'input_length is 2147483648; it must be a whole number of tokens, 0 to 2147483647',
    ],
    [line({ output_length: -1 }), 'output_length is -1'],
    [line({ output_length: [] }), 'output_length is []'],
    [
      line({ hash_ids: '1' }),
      'hash_ids is "1"; it must be a list of at most 8192 whole numbers, 0 to 9007199254740991',
    ],
    [line({ hash_ids: null }), 'hash_ids is null; it must be a list'],
    [line({ hash_ids: { 0: 1 } }), 'hash_ids is {"0":1}; it must be a list'],
    [line({ hash_ids: [1, -1] }), 'hash_ids is [1,-1]; it must be a list'],
    [line({ hash_ids: [0.5] }), 'hash_ids is [0.5]'],
    [line({ hash_ids: ['1'] }), 'hash_ids is ["1"]'],
    [line({ hash_ids: [2 ** 53] }), 'hash_ids is [9007199254740992]; it must be a list'],
    [line({ hash_ids: Array.from({ length: 8193 }, () => 1) }), 'hash_ids is [1,1,'],
  ])('refuses %s', (text, problem) => {
    expect(parseMooncakeLine(text)).toEqual({ problem: expect.stringContaining(problem) as string });
  });

  it('takes the limits themselves', () => {
    const ids = Array.from({ length: 8192 }, (_, id) => id);
    expect(parseMooncakeLine(line({ hash_ids: ids }))).toMatchObject({ hashIds: Uint32Array.from(ids) });
    expect(parseMooncakeLine(line({ input_length: 2 ** 31 - 1, output_length: 0 }))).toEqual({
      arrivalMs: 0,
      inputTokens: 2 ** 31 - 1,
      outputTokens: 0,
    });
  });
});
