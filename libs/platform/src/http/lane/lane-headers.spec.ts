import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLaneHeaders } from './lane-headers.js';

const host = ['Host', 'test'];

describe('readLaneHeaders', () => {
  it('finds trace id and length, whatever the case of their names', () => {
    expect(readLaneHeaders([...host, 'TRACEID', 'a b', 'content-LENGTH', '12'])).toEqual({
      traceId: 'a b',
      contentLength: 12,
    });
    expect(readLaneHeaders(host)).toEqual({ traceId: undefined, contentLength: undefined });
    expect(readLaneHeaders(['hOST', ''])).toEqual({ traceId: undefined, contentLength: undefined });
  });

  it.each([
    [['Connection', 'keep-alive']],
    [['connection', 'Keep-Alive']],
    [['Keep-Alive', 'timeout=5']],
    [['Accept', '*/*', 'User-Agent', 'x', 'Content-Type', 'text/plain', 'Accept-Encoding', 'gzip']],
    // Of the length of a name that matters, or a value for one.
    [['TraceIt', 'a', 'Hosts', 'b', 'Expects', 'c', 'Connectio', 'close', 'XTransfer-Encodin', 'chunked']],
  ])('takes %j for ordinary', (headers) => {
    expect(readLaneHeaders([...host, ...headers])).toBeDefined();
    expect(readLaneHeaders([...headers, ...host])).toBeDefined();
  });

  it.each([
    [['Connection', 'close']],
    [['Connection', 'TE']],
    [['Connection', '']],
    [['Connection', 'keep-alive, x']],
    [['Connection', 'keep-alive', 'Connection', 'close']],
    [['Expect', '100-continue']],
    [['EXPECT', '']],
    [['Upgrade', 'h2c']],
    [['Transfer-Encoding', 'chunked']],
    [['transfer-encoding', 'identity']],
    [['TraceId', 'a', 'traceid', 'a']],
    [['TraceId', '', 'TraceId', 'a']],
    [['Content-Length', '1', 'Content-Length', '1']],
    [['Content-Length', '0', 'content-length', '1']],
    [['HOST', 'other']],
  ])('takes %j for odd', (headers) => {
    expect(readLaneHeaders([...host, ...headers])).toBeUndefined();
    expect(readLaneHeaders([...headers, ...host])).toBeUndefined();
  });

  it('demands a Host', () => {
    expect(readLaneHeaders([])).toBeUndefined();
    expect(readLaneHeaders(['TraceId', 'a'])).toBeUndefined();
  });

  it('sees what matters between any others', () => {
    const any = fc.tuple(fc.stringMatching(/^[xX]-[a-zA-Z]{1,20}$/), fc.string());
    const others = fc.array(any, { maxLength: 20 }).map((pairs) => pairs.flat());
    const odd = fc.constantFrom('Expect', 'Upgrade', 'Transfer-Encoding', 'Host');
    fc.assert(
      fc.property(others, others, odd, fc.string(), (before, behind, name, value) => {
        expect(readLaneHeaders([...before, ...host, ...behind])).toBeDefined();
        expect(readLaneHeaders([...host, ...before, name, value, ...behind])).toBeUndefined();
        expect(readLaneHeaders([...before, 'TraceId', value, ...host, ...behind])?.traceId).toBe(value);
      }),
    );
  });
});
