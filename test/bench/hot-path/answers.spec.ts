import { describe, expect, it } from 'vitest';
import { shapeOf } from './answers.ts';

const answer = (traceId: string, date: string, count: number): string =>
  `HTTP/1.1 200 OK\r\nx-trace-id: ${traceId}\r\nDate: ${date}\r\nKeep-Alive: timeout=360\r\n\r\n{"n":${count},"trace_id":"${traceId}"}`;
const one = answer('c9100c6e-91ed-4016-ae57-94a4bb7f644b', 'Mon, 23 Nov 2026 05:34:07 GMT', 1);

describe('the shape of an answer', () => {
  it('has nothing of trace id, date and figures', () => {
    const other = answer('56fc8531-de49-4428-8447-e4eeec729d8c', 'Tue, 24 Nov 2026 15:04:17 GMT', 20);
    expect(shapeOf(other)).toBe(shapeOf(one));
  });

  it('has nothing of the order and the case of headers', () => {
    const other = one
      .replace(/(x-trace-id: .*\r\n)(Date: .*\r\n)/, '$2$1')
      .replace('x-trace-id', 'X-Trace-ID');
    expect(other).not.toBe(one);
    expect(shapeOf(other)).toBe(shapeOf(one));
  });

  it('has nothing of how many alike a list has', () => {
    const list = (items: string): string => one.replace('"n":1', `"n":[${items}]`);
    expect(shapeOf(list('{"ip":"10.0.0.1"},{"ip":"10.0.0.27"}'))).toBe(shapeOf(list('{"ip":"10.0.0.3"}')));
    expect(shapeOf(list('{"ip":"10.0.0.1"},{"host":"10.0.0.2"}'))).not.toBe(
      shapeOf(list('{"ip":"10.0.0.3"}')),
    );
  });

  it.each([
    ['a header that is missing', one.replace('Keep-Alive: timeout=360\r\n', '')],
    ['another field', one.replace('"n"', '"m"')],
    ['no trace id', one.replace(/,"trace_id":"[^"]*"/, '')],
  ])('shows %s', (_what, other) => {
    expect(shapeOf(other)).not.toBe(shapeOf(one));
  });
});
