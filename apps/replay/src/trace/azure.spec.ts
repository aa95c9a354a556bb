import { describe, expect, it } from 'vitest';
import { azureParser, type AzureParser } from './azure.js';

function parserOf(header: string): AzureParser {
  const parser = azureParser(header.split(','));
  if (typeof parser !== 'function') throw new Error(parser.problem);
  return parser;
}

const parse = parserOf('TIMESTAMP,ContextTokens,GeneratedTokens');

describe('azureParser', () => {
  it('reads times finer than a millisecond', () => {
    const first = parse(['2023-11-16 18:15:46.6805900', '374', '44']);
    const second = parse(['2023-11-16 18:15:46.6805910', '0', '0']);
    if ('problem' in first || 'problem' in second) throw new Error('both are requests');
    expect(first).toEqual({
      arrivalMs: expect.closeTo(1_700_158_546_680.59, 3) as number,
      inputTokens: 374,
      outputTokens: 44,
    });
    expect(second.arrivalMs).toBeGreaterThan(first.arrivalMs);
  });

  it('reads times with a zone, and without a fraction', () => {
    const arrivals = [
      '2024-05-12 00:00:01.5+00:00',
      '2024-05-12T02:00:01.5+02:00',
      '2024-05-12 00:00:01',
    ].map((time) => parse([time, '1', '1']));
    const startMs = Date.UTC(2024, 4, 12, 0, 0, 1);
    expect(arrivals).toMatchObject([
      { arrivalMs: startMs + 500 },
      { arrivalMs: startMs + 500 },
      { arrivalMs: startMs },
    ]);
  });

  it('finds the columns by their names', () => {
    expect(
      parserOf('Id,GeneratedTokens,TIMESTAMP,ContextTokens')(['7', '3', '1970-01-01 00:00:01', '2']),
    ).toEqual({
      arrivalMs: 1000,
      inputTokens: 2,
      outputTokens: 3,
    });
    expect(azureParser(['TIMESTAMP', 'Tokens'])).toEqual({
      problem:
        'the header lacks ContextTokens, GeneratedTokens; it must be TIMESTAMP,ContextTokens,GeneratedTokens',
    });
  });

  it.each([
    [['yesterday', '1', '1'], 'TIMESTAMP is "yesterday"; it must be a time such as'],
    [['2023-13-16 18:15:46', '1', '1'], 'TIMESTAMP is "2023-13-16 18:15:46"'],
    [['2023-11-16 18:15:46', '', '1'], 'ContextTokens is ""; it must be a whole number'],
    [['2023-11-16 18:15:46', '-5', '1'], 'ContextTokens is "-5"'],
    [['2023-11-16 18:15:46', '2147483648', '1'], 'ContextTokens is "2147483648"'],
    [['2023-11-16 18:15:46', '1', '1.0'], 'GeneratedTokens is "1.0"'],
    [['2023-11-16 18:15:46', '1'], 'GeneratedTokens is missing'],
  ])('refuses %j', (record, problem) => {
    expect(parse(record)).toEqual({ problem: expect.stringContaining(problem) as string });
  });
});
