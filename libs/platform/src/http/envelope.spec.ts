import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiError } from './api-error.js';
import { failureBody, successBody } from './envelope.js';

describe('the envelope', () => {
  it.each([
    [null, 'null'],
    [undefined, 'null'],
    ['healthy', '"healthy"'],
    [[], '[]'],
    [[{ n: 1_763_851_234_567_123_000 }], '[{"n":1763851234567123000}]'],
  ])('of a success holds %j', (data, text) => {
    expect(successBody(data, 't')).toBe(`{"status":"OK","error":null,"data":${text},"trace_id":"t"}`);
  });

  it('of a failure holds code, message and reason, and nothing else of the error', () => {
    expect(failureBody(new ApiError('limitReached', 'full', { allow: 'x' }), 't')).toBe(
      '{"status":"ERROR","error":{"code":42900000,"message":"full","reason":"limit_reached"},"data":null,"trace_id":"t"}',
    );
  });

  it('is JSON whatever the trace id holds', () => {
    const traceId = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 128 });
    const holds = fc.property(traceId, (id) => {
      expect(JSON.parse(successBody(null, id))).toMatchObject({ trace_id: id });
      expect(JSON.parse(failureBody(new ApiError('internal', id), id))).toMatchObject({ trace_id: id });
    });
    fc.assert(holds);
  });
});
