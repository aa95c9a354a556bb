import { describe, expect, it } from 'vitest';
import { parseMooncakeLine } from './mooncake.js';

const line = (fields: object): string =>
  JSON.stringify({ timestamp: 0, input_length: 1, output_length: 1, ...fields });

describe('parseMooncakeLine', () => {
  it('reads times and lengths and ignores the rest', () => {
    expect(
      parseMooncakeLine(
        '{"timestamp": 27482, "input_length": 6955, "output_length": 52, "hash_ids": [46, 47], "__proto__": 1}',
      ),
    ).toEqual({ arrivalMs: 27482, inputTokens: 6955, outputTokens: 52 });
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
  ])('refuses %s', (text, problem) => {
    expect(parseMooncakeLine(text)).toEqual({ problem: expect.stringContaining(problem) as string });
  });

  it('takes the limits themselves', () => {
    expect(parseMooncakeLine(line({ input_length: 2 ** 31 - 1, output_length: 0 }))).toEqual({
      arrivalMs: 0,
      inputTokens: 2 ** 31 - 1,
      outputTokens: 0,
    });
  });
});
