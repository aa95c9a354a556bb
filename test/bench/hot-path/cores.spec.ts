import { describe, expect, it } from 'vitest';
import { chooseCores, readCoreList } from './cores.ts';

describe('a list of cores', () => {
  it.each([
    ['', []],
    ['3\n', [3]],
    ['0-2,5', [0, 1, 2, 5]],
  ])('%j is %j', (text, cores) => {
    expect(readCoreList(text)).toEqual(cores);
  });
});

describe('the choice of cores', () => {
  const alone = (core: number): number[] => [core];

  it('keeps server and load apart', () => {
    expect(chooseCores([0, 1], alone)).toEqual({ server: '1', generator: '0' });
    expect(chooseCores([2, 3, 4], alone)).toEqual({ server: '4', generator: '2' });
  });

  it('does not put them on two threads of one core where there is another', () => {
    const pairs = (core: number): number[] => [core % 2, (core % 2) + 2];
    expect(chooseCores([1, 2, 3], pairs)).toEqual({ server: '3', generator: '2' });
    expect(chooseCores([1, 3], pairs)).toEqual({ server: '3', generator: '1' });
  });

  it('is none where there is one core', () => {
    expect(chooseCores([0], alone)).toEqual({ server: undefined, generator: undefined });
  });
});
