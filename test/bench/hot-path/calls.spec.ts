import { describe, expect, it } from 'vitest';
import { callOf, filler, textsOf } from './calls.ts';

describe('a call', () => {
  it('is an HTTP request with a body as long as it says, whatever the number', () => {
    const { text } = callOf('POST', '/v1/load/stats', '{"request_id":"r-{number}","ip":"{address}"}');
    const [head, body] = filler(text)(123_456).split('\r\n\r\n');
    expect(head).toBe('POST /v1/load/stats HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 48');
    expect(body).toBe('{"request_id":"r-000123456","ip":"10.0.134.156"}');
    expect(body).toHaveLength(48);
  });

  it('without a body has no length', () => {
    expect(callOf('GET', '/metrics').text).toBe('GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  });

  it('must be answered with 200 unless it says otherwise', () => {
    expect(callOf('GET', '/').status).toBe(200);
    expect(callOf('GET', '/', '', { status: 400 }).status).toBe(400);
  });
});

describe('the places of a text', () => {
  it.each([
    ['{number}', 42, '000000042'],
    ['{digit}', 42, '2'],
    ['{lane}', 0, '1000'],
    ['{lane}', 999, '1999'],
    ['{lane}', 1_000, '1000'],
    ['{address}', 0, '10.0.100.100'],
    ['{address}', 9_999, '10.0.199.199'],
    ['{"a":"{digit}{digit}","b":{other}}', 7, '{"a":"77","b":{other}}'],
  ])('%s for %d are filled with %s', (text, number, filled) => {
    expect(filler(text)(number)).toBe(filled);
  });
});

describe('the texts of calls', () => {
  it('come in turn, each round with the next number, less what a call lags', () => {
    const record = callOf('POST', '/', '{number}');
    const release = callOf('DELETE', '/', '{number}', { lag: 3 });
    const textOf = textsOf([record, release], 10);
    const lines = [0, 1, 2, 3].map((index) => textOf(index).split('\r\n'));
    expect(lines.map((lines) => `${lines[0]![0]}${lines.at(-1)}`)).toEqual([
      'P000000010',
      'D000000007',
      'P000000011',
      'D000000008',
    ]);
  });
});
