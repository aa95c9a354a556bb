import { describe, expect, it } from 'vitest';
import { callOf } from './calls.ts';
import type { FullLoad } from './generator.ts';
import { fullLoadOf, type Tally } from './tally.ts';

const good = callOf('GET', '/good');
const bad = callOf('GET', '/bad', '', { status: 400 });

/** Half of the calls are bad where there are any. */
function judge(calls: 'good' | 'half bad', tally: Partial<Tally>): FullLoad {
  const plan = {
    url: 'http://test',
    calls: calls === 'good' ? [good] : [good, bad],
    first: 0,
    connections: 4,
    seconds: 2,
    cores: undefined,
  };
  return fullLoadOf(plan, { calls: 100, durationUs: 2e6, failures: 0, brokenConnections: 0, ...tally });
}

describe('the judgement of what a generator counted', () => {
  it('is how many calls were answered in what time', () => {
    expect(judge('good', {})).toEqual({ calls: 100, callsPerSecond: 50 });
  });

  it('lets what was under way at the end be bad or good', () => {
    expect(judge('half bad', { failures: 46 }).calls).toBe(100);
    expect(judge('half bad', { failures: 54 }).calls).toBe(100);
  });

  it.each([
    ['a failure where no call is bad', 'good', { failures: 1 }, 'of 100 calls to http://test, 1 were'],
    ['fewer failures than bad calls', 'half bad', { failures: 45 }, '45 were answered with an error, 50'],
    ['more failures than bad calls', 'half bad', { failures: 55 }, '55 were answered with an error, 50'],
    ['a broken connection', 'good', { brokenConnections: 1 }, '1 time-outs and broken connections'],
    ['no answer', 'good', { calls: 0 }, 'answered no call within 2 s'],
  ] as const)('refuses %s', (_what, calls, tally, reason) => {
    expect(() => judge(calls, tally)).toThrow(reason);
  });
});
