import { describe, expect, it } from 'vitest';
import { chooseGenerator } from './find-generator.ts';
import type { LoadGenerator } from './generator.ts';

const wrk: LoadGenerator = {
  name: 'wrk',
  version: '4.1.0',
  load: () => Promise.reject(new Error('it is not to be used')),
};

describe('the choice of the generator', () => {
  it('is wrk where this host has it, else autocannon', () => {
    expect(chooseGenerator(undefined, wrk)).toBe(wrk);
    expect(chooseGenerator(undefined, undefined)?.name).toBe('autocannon');
  });

  it('is the one that is asked for', () => {
    expect(chooseGenerator('wrk', wrk)).toBe(wrk);
    expect(chooseGenerator('autocannon', wrk)?.name).toBe('autocannon');
  });

  it('is none where the one that is asked for is missing', () => {
    expect(chooseGenerator('wrk', undefined)).toBeUndefined();
  });

  it('tells the version of autocannon', () => {
    expect(chooseGenerator('autocannon', undefined)?.version).toMatch(/^\d+\.\d+\.\d+$/);
  });
});
