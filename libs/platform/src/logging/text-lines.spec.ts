import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asText } from './text-lines.js';

const line = (fields: object): string =>
  `${JSON.stringify({ level: 'INFO', time: '2026-01-01T00:00:00.000Z', ...fields })}\n`;

describe('asText', () => {
  it('shows time, level, message, and the rest as JSON', () => {
    expect(asText(line({ msg: 'ready', apiPort: 8080 }))).toBe(
      '2026-01-01T00:00:00.000Z INFO  ready {"apiPort":8080}\n',
    );
    expect(asText(line({ msg: 'bye' }))).toBe('2026-01-01T00:00:00.000Z INFO  bye\n');
  });

  it('shows a stack line by line, so that people can read it', () => {
    const err = { type: 'Error', message: 'no', stack: 'Error: no\n    at here\u001b[2J' };
    expect(asText(line({ msg: 'a call failed', traceId: 't', err }))).toBe(
      '2026-01-01T00:00:00.000Z INFO  a call failed {"traceId":"t"}\n    Error: no\n        at here\\u001b[2J\n',
    );
  });

  it('keeps any text of a client within its quotes, on one line', () => {
    const anyText = fc.string({ unit: 'binary', maxLength: 20 });
    const holds = fc.property(anyText, (text) => {
      const requestId = `\\"${text}\\`;
      const [, tail] = /^\S+ INFO  call (\{.*\})\n$/u.exec(asText(line({ msg: 'call', requestId })))!;
      expect(JSON.parse(tail!)).toEqual({ requestId: requestId.toWellFormed() });
      expect(tail).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
    });
    fc.assert(holds);
  });
});
