import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type ReplicatedState, StateDigest, type StateAges } from '#replication';
import type { ManualClock } from '../manual-clock.js';
import { type ParseHarness, parseContract } from './parse-contract.js';

/** A context's hints, and what the contract needs to fill them. States are JSON values, as off the wire. */
export interface HintHarness extends ParseHarness {
  /** The clock of all replicas. */
  readonly clock: ManualClock;
  /** Whatever events may tell of a handful of things. */
  readonly events: fc.Arbitrary<unknown>;
}

interface Told extends StateAges {
  readonly state: unknown;
}

/** What every `ReplicatedState` must keep to that is not repaired. */
export function hintContract(name: string, makeHarness: () => HintHarness): void {
  describe(`ReplicatedState contract of hints: ${name}`, () => {
    let harness: HintHarness;
    beforeEach(() => {
      harness = makeHarness();
    });

    const merge = (into: ReplicatedState, state: unknown, ages: StateAges = { ageMs: 0, unchangedMs: 0 }) =>
      into.merge(into.parse(state, ages));
    const replicaWith = (events: readonly unknown[]) => {
      const made = harness.makeReplica();
      for (const event of events) {
        harness.clock.advance(1);
        merge(made, event);
      }
      return made;
    };
    const known = (of: ReplicatedState): Told[] =>
      [...of.states({})].flat().map(({ state, sinceMs, changedMs }) => ({
        state: JSON.parse(state) as unknown,
        ageMs: harness.clock.nowMs() - sinceMs,
        unchangedMs: harness.clock.nowMs() - changedMs,
      }));
    /** @returns how much of it was news */
    const tell = (to: ReplicatedState, told: readonly Told[]) =>
      told.filter(({ state, ...ages }) => merge(to, state, ages)).length;
    const manyEvents = () => fc.array(harness.events, { maxLength: 15 });

    it('are in no digest', () => {
      const replica = replicaWith([harness.stateOf(1)]);
      const digest = new StateDigest();
      const window = { asOfMs: harness.clock.nowMs(), youngerThanMs: Infinity, settledForMs: 0 };
      expect([...replica.digest(digest, window)]).toEqual([]);
      expect([replica.isRepaired, digest.toText()]).toEqual([false, new StateDigest().toText()]);
    });

    it('are all news to an empty replica, which tells the next one the same in the same order', () => {
      const holds = fc.property(manyEvents(), (events) => {
        const told = known(replicaWith(events));
        const [reader, next] = [harness.makeReplica(), harness.makeReplica()];
        expect(tell(reader, told)).toBe(told.length);
        tell(next, known(reader));
        expect(known(next)).toEqual(known(reader));
      });
      fc.assert(holds, { numRuns: 400 });
    });

    it('are no news to who has told them, or has read them before', () => {
      const holds = fc.property(manyEvents(), (events) => {
        const donor = replicaWith(events);
        const told = known(donor);
        expect(tell(donor, told)).toBe(0);
        expect(known(donor)).toEqual(told);
      });
      fc.assert(holds, { numRuns: 400 });
    });

    it('come in slices, each once, whatever changes meanwhile', () => {
      const count = 3_000;
      const replica = replicaWith(Array.from({ length: count }, (_, thing) => harness.stateOf(thing)));
      const reader = harness.makeReplica();
      let slices = 0;
      let news = 0;
      for (const slice of replica.states({})) {
        expect(slice.length).toBeLessThanOrEqual(1_000);
        for (const { state } of slice) if (merge(reader, JSON.parse(state))) news++;
        merge(replica, harness.stateOf(count + slices++));
      }
      expect(slices).toBeGreaterThan(2);
      expect(news).toBe(count);
    });

    parseContract(makeHarness);
  });
}
