import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock, hintContract } from '#testing';
import { chainOf } from '../../../test-support/chain-of.js';
import { PrefixIndex } from '../../domain/prefix-index.js';
import { droppedText, heldText, savedText } from './prefix-format.js';
import { ReplicatedPrefixes } from './replicated-prefixes.js';

const wide = { maxEngineBlocks: 10_000, maxBlocks: 100_000, maxEngines: 100, expiryMs: 600_000 };
const [a, b] = ['10.0.0.1', '10.0.0.2'];
const high = 2n ** 63n;

const prompt = (...hashes: number[]) => chainOf(hashes.map((hash) => high + BigInt(hash)));
const saved = (ip: string, ...hashes: number[]): unknown =>
  JSON.parse(savedText('llama', ip, prompt(...hashes)));
const held = (ip: string, ...hashes: number[]): unknown =>
  JSON.parse(heldText('llama', ip, prompt(...hashes)));
const dropped = (ip: string): unknown => JSON.parse(droppedText('llama', ip));

const events = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(fc.constantFrom(a, b), fc.array(fc.nat(6), { minLength: 1, maxLength: 4 }))
      .map(([ip, hashes]) => saved(ip, ...hashes)),
  },
  { weight: 1, arbitrary: fc.constantFrom(a, b).map(dropped) },
);

hintContract('prefixes', () => {
  const clock = new ManualClock();
  return {
    clock,
    makeReplica: () => new ReplicatedPrefixes(new PrefixIndex(wide, 1), clock),
    stateOf: (thing) => saved(`10.0.0.${thing % 50}`, thing),
    grownStateOf: (thing) => saved(`10.0.0.${thing % 50}`, thing, thing + 1),
    events,
    malformed: [
      ['no object', 'llama'],
      ['no cluster', { e: a, h: 'AQAAAAAAAAA=' }],
      ['an engine that is none', { c: 'llama', e: 'host', h: 'AQAAAAAAAAA=' }],
      ['no hashes', { c: 'llama', e: a }],
      ['a mark that is none', { c: 'llama', e: a, h: 'AQAAAAAAAAA=', o: 2 }],
    ],
  };
});

describe('ReplicatedPrefixes', () => {
  let clock: ManualClock;
  let index: PrefixIndex;
  let prefixes: ReplicatedPrefixes;
  beforeEach(() => {
    clock = new ManualClock();
    index = new PrefixIndex(wide, 1);
    prefixes = new ReplicatedPrefixes(index, clock);
  });

  const merge = (state: unknown, ageMs = 0, into = prefixes) =>
    into.merge(into.parse(state, { ageMs, unchangedMs: ageMs }));
  const found = (of: PrefixIndex, ...hashes: number[]) =>
    of.query('llama', prompt(...hashes), 10, clock.nowMs()).map(({ ip, length }) => `${ip}: ${length}`);

  it('takes what was saved elsewhere as a client’s save', () => {
    expect(merge(saved(a, 1, 2, 3))).toBe(true);
    expect(merge(saved(a, 1, 2, 3))).toBe(false);
    expect(merge(saved(b, 1, 2))).toBe(true);
    expect(found(index, 1, 2, 3)).toEqual([`${a}: 3`, `${b}: 2`]);
  });

  it('takes what was held before as older than all that is known', () => {
    const small = new PrefixIndex({ ...wide, maxEngineBlocks: 4 }, 1);
    const replica = new ReplicatedPrefixes(small, clock);
    merge(saved(a, 1, 2), 0, replica);
    expect(merge(held(a, 11, 12), 5, replica)).toBe(true);
    expect(merge(held(a, 21), 5, replica)).toBe(false);
    expect([found(small, 1, 2), found(small, 11, 12)]).toEqual([[`${a}: 2`], [`${a}: 2`]]);
    merge(saved(a, 31), 0, replica);
    expect([found(small, 1, 2), found(small, 11, 12)]).toEqual([[`${a}: 2`], [`${a}: 1`]]);
  });

  it('drops an engine, and takes nothing of the time before from then on', () => {
    merge(saved(a, 1));
    clock.advance(100);
    expect(merge(dropped(a), 50)).toBe(true);
    expect(found(index, 1)).toEqual([]);
    expect([merge(saved(a, 1), 60), merge(held(a, 1), 60), merge(held(a, 1), 0)]).toEqual([
      false,
      false,
      false,
    ]);
    expect(merge(saved(a, 2), 40)).toBe(true);
    expect([found(index, 1), found(index, 2)]).toEqual([[], [`${a}: 1`]]);
  });

  it('takes in nothing that has expired, and lets the rest expire by its own age', () => {
    expect(merge(saved(a, 1), wide.expiryMs)).toBe(false);
    merge(saved(a, 1), wide.expiryMs - 10);
    merge(held(b, 1), wide.expiryMs - 20);
    clock.advance(10);
    expect(found(index, 1)).toEqual([`${b}: 1`]);
    clock.advance(10);
    expect(found(index, 1)).toEqual([]);
  });

  it('can be read into an empty index, which answers the same and evicts in the same order', () => {
    const limits = { ...wide, maxEngineBlocks: 8, maxBlocks: 12 };
    const saves = fc.array(events, { maxLength: 12 });
    const holds = fc.property(saves, saves, (before, after) => {
      const [donor, reader] = [new PrefixIndex(limits, 1), new PrefixIndex(limits, 2)];
      const [from, to] = [donor, reader].map((each) => new ReplicatedPrefixes(each, clock));
      for (const state of before) {
        clock.advance(1);
        merge(state, 0, from);
      }
      for (const { state, sinceMs } of [...from!.states({})].flat())
        merge(JSON.parse(state), clock.nowMs() - sinceMs, to);
      const answers = (of: PrefixIndex) =>
        Array.from({ length: 7 }, (_, hash) => [found(of, hash), found(of, hash, hash + 1, hash + 2)]);
      expect(answers(reader)).toEqual(answers(donor));
      for (const state of [saved(a, 20, 21, 22), saved(b, 20, 21), ...after]) {
        clock.advance(1);
        merge(state, 0, from);
        merge(state, 0, to);
        expect(answers(reader)).toEqual(answers(donor));
      }
    });
    fc.assert(holds, { numRuns: 400 });
  });

  it('tells of blocks in lines far shorter than a reader takes, however many engines share them out', () => {
    const cluster = '\ud800'.repeat(256);
    for (let i = 0; i < 1_000; i++)
      index.save(cluster, `10.0.0.${i % 100}`, prompt(i), clock.nowMs(), clock.nowMs());
    const bytes = [...prefixes.states({})].map((slice) =>
      slice.reduce((sum, { state }) => sum + state.length, 0),
    );
    expect(bytes).toHaveLength(2);
    expect(Math.max(...bytes)).toBeLessThan(1024 * 1024);
  });
});
