import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StateDigest } from '#replication';
import { ManualClock, replicatedStateContract } from '#testing';
import { GcPolicy } from '../../domain/gc-policy.js';
import { LoadStats } from '../../domain/load-stats.js';
import { ReplicatedLoad } from './replicated-load.js';

const policy = new GcPolicy(600_000);
const unbounded = { maxRequests: 1e9, maxEngines: 1e9, maxClusters: 1e9, maxTombstones: 1e9 };
const fresh = { ageMs: 0, unchangedMs: 0 };

const ids = fc.constantFrom('a', 'b', 'c', 'd');
const fullRecords = fc.tuple(
  fc.constantFrom('0', '-1', '1763851234567000001', '9223372036854775807'),
  fc.constantFrom('llama', 'qwen'),
  fc.constantFrom('10.0.0.1', '10.0.0.2'),
  fc.constantFrom(0, 512),
);
const states = fc.record(
  {
    id: ids,
    g: fc.constantFrom(1, 2, 4_294_967_295),
    f: fc.constantFrom(0, 1, 2, 3),
    r: fullRecords,
  },
  { requiredKeys: ['id', 'g', 'f'] },
);

const valid = { id: 'r', g: 1, f: 0, r: ['1', 'llama', '10.0.0.1', 5] };
const withRecord = (...r: unknown[]) => ({ ...valid, r });

replicatedStateContract('the load', () => {
  const clock = new ManualClock();
  return {
    clock,
    makeReplica: () => new ReplicatedLoad(new LoadStats(policy, unbounded), clock),
    stateOf: (thing) => ({ id: `r-${thing}`, g: 1, f: 0, r: [`${thing}`, 'llama', '10.0.0.1', thing % 9] }),
    grownStateOf: (thing) => ({ id: `r-${thing}`, g: 1, f: 1 }),
    states,
    malformed: [
      ['no object', 'r'],
      ['null', null],
      ['no id', { ...valid, id: undefined }],
      ['an empty id', { ...valid, id: '' }],
      ['an id that is too long', { ...valid, id: 'x'.repeat(513) }],
      ['a key that is none', { ...valid, id: undefined, key: '0123456789ABCDEF' }],
      ['a key that is too long', { ...valid, id: undefined, key: '0123456789abcdef0' }],
      ['no generation', { ...valid, g: undefined }],
      ['generation 0', { ...valid, g: 0 }],
      ['half a generation', { ...valid, g: 1.5 }],
      ['a generation that is too great', { ...valid, g: 4_294_967_296 }],
      ['a generation as text', { ...valid, g: '1' }],
      ['no flags', { ...valid, f: undefined }],
      ['unknown flags', { ...valid, f: 4 }],
      ['negative flags', { ...valid, f: -1 }],
      ['a record that is none', { ...valid, r: 'llama' }],
      ['null as a record', { ...valid, r: null }],
      ['an empty record', withRecord()],
      ['half a record', withRecord('1', 'llama')],
      ['a record that is too long', withRecord('1', 'llama', '10.0.0.1', 5, 6)],
      ['a timestamp as a number', withRecord(1, 'llama', '10.0.0.1', 5)],
      ['a timestamp that is none', withRecord('1e3', 'llama', '10.0.0.1', 5)],
      ['a timestamp beyond 64 bits', withRecord('9223372036854775808', 'llama', '10.0.0.1', 5)],
      ['a packed timestamp that is none', withRecord('')],
      ['an empty cluster', withRecord('1', '', '10.0.0.1', 5)],
      ['a cluster that is too long', withRecord('1', 'x'.repeat(513), '10.0.0.1', 5)],
      ['an ip that is none', withRecord('1', 'llama', '10.0.0.256', 5)],
      ['an ip of IPv6', withRecord('1', 'llama', '::1', 5)],
      ['a negative length', withRecord('1', 'llama', '10.0.0.1', -1)],
      ['half a length', withRecord('1', 'llama', '10.0.0.1', 0.5)],
      ['a length beyond 31 bits', withRecord('1', 'llama', '10.0.0.1', 2_147_483_648)],
    ],
  };
});

describe('ReplicatedLoad', () => {
  const clock = new ManualClock();
  const makeLoad = (limits = unbounded) => {
    const load = new LoadStats(policy, limits);
    return { load, replicated: new ReplicatedLoad(load, clock) };
  };
  const merge = (into: ReplicatedLoad, state: unknown, ages = fresh) => into.merge(into.parse(state, ages));

  it('counts what it is told, as a client’s calls count', () => {
    const { load, replicated } = makeLoad();
    merge(replicated, valid);
    expect([...load.enginesOf('llama')]).toMatchObject([
      { queuedCount: 1, prefillCount: 1, promptLength: 5 },
    ]);
    merge(replicated, { id: 'r', g: 1, f: 1 });
    expect([...load.enginesOf('llama')]).toMatchObject([
      { queuedCount: 1, prefillCount: 0, promptLength: 0 },
    ]);
    merge(replicated, { id: 'r', g: 1, f: 2 });
    expect(load.liveCount).toBe(0);
  });

  it('takes a key for the id whose hash it is', () => {
    const { load, replicated } = makeLoad();
    load.record('r', { timestampNs: 1n, cluster: 'llama', ip: '10.0.0.1', promptLength: 5 }, clock.now());
    const [text] = [...replicated.states({})].flat().map(({ state }) => state);
    expect(text).toMatch(/^\{"key":"[0-9a-f]{16}","g":1,"f":0,"r":\["1","llama","10.0.0.1",5\]\}$/);
    expect(merge(replicated, { ...JSON.parse(text!), f: 2 })).toBe(true);
    expect(load.liveCount).toBe(0);
  });

  it('sends of a life that is over the timestamp alone', () => {
    const { replicated } = makeLoad();
    merge(replicated, { ...valid, f: 2 });
    const [text] = [...replicated.states({})].flat().map(({ state }) => state);
    expect(JSON.parse(text!)).toMatchObject({ f: 2, r: ['1'] });
  });

  it('can be compared as far back as nothing was forgotten', () => {
    const { replicated } = makeLoad({ ...unbounded, maxTombstones: 1 });
    expect(replicated.horizonMs).toBe(policy.expiryMs);
    merge(replicated, { id: 'old', g: 1, f: 2 }, { ageMs: 500, unchangedMs: 0 });
    expect(replicated.horizonMs).toBe(policy.expiryMs);
    merge(replicated, { id: 'young', g: 1, f: 2 }, { ageMs: 100, unchangedMs: 0 });
    expect(replicated.horizonMs).toBe(500);
    clock.advance(1_000);
    expect(replicated.horizonMs).toBe(1_500);
    clock.advance(policy.expiryMs);
    expect(replicated.horizonMs).toBe(policy.expiryMs);
  });

  it('does not take in what all others have forgotten by now', () => {
    const { load, replicated } = makeLoad();
    expect(merge(replicated, valid, { ageMs: policy.forgetMs, unchangedMs: 0 })).toBe(false);
    expect(load.liveCount + load.tombstoneCount).toBe(0);
    expect(merge(replicated, valid, { ageMs: 1e300, unchangedMs: 1e300 })).toBe(false);
    expect(merge(replicated, valid, { ageMs: policy.forgetMs - 1, unchangedMs: 0 })).toBe(true);
    expect(load.liveCount).toBe(0);
  });

  it('has the same digest in every release: replicas of two compare each other', () => {
    const { replicated } = makeLoad();
    merge(replicated, valid);
    merge(replicated, { id: 'r-2 “é” 😀', g: 7, f: 3, r: ['-5'] });
    merge(replicated, { id: 'marker', g: 1, f: 1 });
    const digest = new StateDigest();
    for (const _ of replicated.digest(digest, { asOfMs: clock.nowMs(), youngerThanMs: 1, settledForMs: 0 }));
    const parts = digest.toText().match(/.{16}/g)!.entries();
    expect([...parts].filter(([, part]) => part !== '0'.repeat(16))).toEqual([
      [19, 'cb559f6cc79194b5'],
      [101, '47e1b74b002ab878'],
      [141, 'f76bd7d491f92c43'],
    ]);
  });
});
