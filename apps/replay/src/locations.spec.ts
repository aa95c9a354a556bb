import { describe, expect, it } from 'vitest';
import { readLocations } from './locations.js';

const engineByIp = new Map([
  ['10.0.0.1', 0],
  ['10.0.0.2', 1],
  ['10.0.0.3', 2],
]);
const read = (locations: unknown, topK = 3): ReturnType<typeof readLocations> =>
  readLocations({ locations }, { engineByIp, blocks: 5, topK });
const at = (host: number, length: unknown): object => ({ ip: `10.0.0.${host}`, length });

describe('readLocations', () => {
  it('tells how much each engine holds; one that is not listed holds none', () => {
    expect(read([])).toEqual({ ok: true, value: { held: new Map(), oddities: [] } });
    expect(read([at(3, 5), at(1, 1)])).toEqual({
      ok: true,
      value: {
        held: new Map([
          [2, 5],
          [0, 1],
        ]),
        oddities: [],
      },
    });
  });

  it.each([
    [[at(1, 6)], [], 'location 10.0.0.1 length is 6, must be 1 to 5'],
    [[at(1, 0)], [], 'location 10.0.0.1 length is 0, must be 1 to 5'],
    [[at(1, 3), at(1, 2)], [[0, 3]], 'location 10.0.0.1 is listed twice'],
    [[at(9, 3)], [], 'location 10.0.0.9 was never given anything'],
    [
      [at(1, 2), at(2, 3)],
      [
        [0, 2],
        [1, 3],
      ],
      'location 10.0.0.2 length 3 stands after 2',
    ],
  ])('tells what can not be right of %j', (locations, held, oddity) => {
    expect(read(locations)).toEqual({
      ok: true,
      value: { held: new Map(held as [number, number][]), oddities: [oddity] },
    });
  });

  it('tells of more engines than were asked for', () => {
    expect(read([at(1, 2), at(2, 2)], 1)).toMatchObject({
      value: { oddities: ['2 locations are listed, must be 1 at most'] },
    });
  });

  it.each([
    [null, 'data must have a list of locations, it is {"locations":null}'],
    [[null], 'a location must have ip and a length from 0, it is null'],
    [[{ ip: 5, length: 1 }], 'a location must have ip'],
    [[at(1, '3')], 'a location must have ip and a length'],
    [[at(1, 1.5)], 'a location must have ip and a length'],
  ])('refuses locations %j', (locations, reason) => {
    expect(read(locations)).toEqual({ ok: false, reason: expect.stringContaining(reason) as string });
  });

  it('refuses data that is no object', () => {
    expect(readLocations([], { engineByIp, blocks: 1, topK: 1 })).toEqual({
      ok: false,
      reason: 'data must have a list of locations, it is []',
    });
  });
});
