import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { AccessLog, type AccessLogMode } from './access-log.js';
import { ApiError } from './api-error.js';
import type { FinishedCall } from './finished-call.js';

const call: FinishedCall = {
  traceId: 't',
  method: 'POST',
  route: '/v1/load/stats',
  status: 200,
  latencyUs: 150,
  input: { request_id: 'r' },
  failure: undefined,
};

function linesOf(mode: AccessLogMode, ...calls: Partial<FinishedCall>[]): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  const write = (text: string) => void lines.push(JSON.parse(text) as Record<string, unknown>);
  const formatters = { level: (label: string) => ({ level: label }) };
  const log = new AccessLog(pino({ base: null, timestamp: false, formatters }, { write }), mode);
  for (const each of calls) log.record({ ...call, ...each });
  return lines;
}

describe('the access log', () => {
  const slow = { latencyUs: 100_001 };
  const failed = { status: 400, failure: new ApiError('invalidArgument', 'no') };
  const broken = { status: 500, failure: new ApiError('internal', 'ours') };
  const levels = (mode: AccessLogMode) =>
    linesOf(mode, {}, { latencyUs: 100_000 }, slow, failed, { status: 499 }, broken, {
      ...broken,
      ...slow,
    }).map(({ level }) => level);

  it('has failed and slow calls only, by default', () => {
    expect(levels('errors')).toEqual(['warn', 'warn', 'warn', 'error', 'error']);
  });

  it('has every call where all are asked for', () => {
    expect(levels('all')).toEqual(['info', 'info', 'warn', 'warn', 'warn', 'error', 'error']);
  });

  it('has none where it is off', () => {
    expect(levels('off')).toEqual([]);
  });

  it('says who called what, how it ended and why', () => {
    expect(linesOf('all', {}, failed)).toEqual([
      {
        level: 'info',
        traceId: 't',
        requestId: 'r',
        method: 'POST',
        route: '/v1/load/stats',
        status: 200,
        latencyUs: 150,
        msg: 'call',
      },
      {
        level: 'warn',
        traceId: 't',
        requestId: 'r',
        method: 'POST',
        route: '/v1/load/stats',
        status: 400,
        latencyUs: 150,
        reason: 'invalid_argument',
        error: 'no',
        msg: 'call',
      },
    ]);
  });

  it.each([
    ['x'.repeat(256), 'x'.repeat(256)],
    ['😀'.repeat(256), '😀'.repeat(256)],
    ['x'.repeat(9_999), 'x'.repeat(512)],
    ['a"b\\c', 'a"b\\c'],
    ['a\r\n\u001B\u0085\u2028\u2029', 'a\\u000d\\u000a\\u001b\\u0085\\u2028\\u2029'],
    ['\uD800', '\uFFFD'],
    [5, undefined],
    [null, undefined],
    [['r'], undefined],
  ])('writes the request id %j so that nothing breaks', (id, written) => {
    expect(linesOf('all', { input: { request_id: id } })[0]?.['requestId']).toBe(written);
  });

  it.each([[undefined], [null], ['request_id'], [5], [[]], [Object.create({ request_id: 'inherited' })]])(
    'takes no request id from %j',
    (input) => {
      expect(linesOf('all', { input })[0]).not.toHaveProperty('requestId');
    },
  );
});
