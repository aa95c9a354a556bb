import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type ReplicatedState, StateDigest, type StateAges, type StateSelection } from '#replication';
import type { ManualClock } from '../manual-clock.js';
import { type ParseHarness, parseContract } from './parse-contract.js';

/** A context's state, and what the contract needs to fill it. States are JSON values, as off the wire. */
export interface ReplicatedStateHarness extends ParseHarness {
  /** The clock of all replicas. */
  readonly clock: ManualClock;
  /** Whatever may be known of a handful of things, so that states often meet. */
  readonly states: fc.Arbitrary<unknown>;
}

/** Something known, as it is sent. */
interface Sent extends StateAges {
  readonly state: unknown;
}

const fresh: StateAges = { ageMs: 0, unchangedMs: 0 };

/** What every `ReplicatedState` must keep to that is repaired. */
export function replicatedStateContract(name: string, makeHarness: () => ReplicatedStateHarness): void {
  describe(`ReplicatedState contract: ${name}`, () => {
    let harness: ReplicatedStateHarness;
    let replica: ReplicatedState;
    beforeEach(() => {
      harness = makeHarness();
      replica = harness.makeReplica();
    });

    const merge = (into: ReplicatedState, state: unknown, ages = fresh) =>
      into.merge(into.parse(state, ages));
    const replicaWith = (sent: readonly Sent[]) => {
      const made = harness.makeReplica();
      for (const { state, ...ages } of sent) merge(made, state, ages);
      return made;
    };
    const nowMs = () => harness.clock.nowMs();
    const digestOf = (
      of: ReplicatedState,
      window: { agoMs?: number; youngerThanMs?: number; settledForMs?: number } = {},
    ) => {
      const digest = new StateDigest();
      const { agoMs = 0, youngerThanMs = of.horizonMs, settledForMs = 0 } = window;
      for (const _ of of.digest(digest, { asOfMs: nowMs() - agoMs, youngerThanMs, settledForMs }));
      return digest;
    };
    const known = (of: ReplicatedState, selection: StateSelection = {}): Sent[] =>
      [...of.states(selection)].flat().map(({ state, sinceMs, changedMs }) => ({
        state: JSON.parse(state) as unknown,
        ageMs: nowMs() - sinceMs,
        unchangedMs: nowMs() - changedMs,
      }));
    /** What is known and for how long, in an order of its own. */
    const knowledge = (of: ReplicatedState) =>
      known(of)
        .map(({ state, ageMs }) => JSON.stringify([state, ageMs]))
        .sort();
    /** @returns how much of it was news */
    const tell = (to: ReplicatedState, sent: readonly Sent[]) =>
      sent.filter(({ state, ...ages }) => merge(to, state, ages)).length;

    /** All younger than what any context forgets soon. */
    const anySent = () =>
      fc.record({ state: harness.states, ageMs: fc.nat(1_000), unchangedMs: fc.nat(1_000) });
    const manySent = () => fc.array(anySent(), { maxLength: 12 });

    describe('merge', () => {
      it('ends in the same whatever the order and the repetitions', () => {
        const holds = fc.property(manySent(), fc.infiniteStream(fc.nat()), (sent, picks) => {
          const once = replicaWith(sent);
          const mail = [...sent, ...sent];
          const shuffled = harness.makeReplica();
          while (mail.length > 0) tell(shuffled, mail.splice(picks.next().value % mail.length, 1));
          expect(knowledge(shuffled)).toEqual(knowledge(once));
          expect(digestOf(shuffled).toText()).toBe(digestOf(once).toText());
        });
        fc.assert(holds, { numRuns: 400 });
      });

      it('ends in the same however it is grouped: each by itself, or two that were put together elsewhere', () => {
        const holds = fc.property(manySent(), manySent(), (some, others) => {
          const straight = replicaWith([...some, ...others]);
          const bySnapshots = replicaWith([]);
          tell(bySnapshots, known(replicaWith(others)));
          tell(bySnapshots, known(replicaWith(some)));
          expect(knowledge(bySnapshots)).toEqual(knowledge(straight));
          expect(digestOf(bySnapshots).toText()).toBe(digestOf(straight).toText());
        });
        fc.assert(holds, { numRuns: 400 });
      });

      it('says what was news: nothing that is known already', () => {
        const holds = fc.property(manySent(), (sent) => {
          const full = replicaWith(sent);
          expect(tell(full, sent)).toBe(0);
          expect(tell(full, known(full))).toBe(0);
        });
        fc.assert(holds, { numRuns: 400 });
        expect(merge(replica, harness.stateOf(1))).toBe(true);
        expect(merge(replica, harness.grownStateOf(1))).toBe(true);
        expect(merge(replica, harness.stateOf(1))).toBe(false);
      });
    });

    describe('states', () => {
      it('tell all that is known, each thing once: an empty replica that reads them knows the same', () => {
        const holds = fc.property(manySent(), (sent) => {
          const donor = replicaWith(sent);
          const told = known(donor);
          const reader = harness.makeReplica();
          expect(tell(reader, told)).toBe(told.length);
          expect(knowledge(reader)).toEqual(knowledge(donor));
          expect(digestOf(reader).toText()).toBe(digestOf(donor).toText());
        });
        fc.assert(holds, { numRuns: 400 });
      });

      it('come in slices, and what is known all the while comes once, whatever changes meanwhile', () => {
        const count = 5_000;
        for (let thing = 0; thing < count; thing++) merge(replica, harness.stateOf(thing));
        const reader = harness.makeReplica();
        let slices = 0;
        let news = 0;
        for (const slice of replica.states({})) {
          expect(slice.length).toBeLessThanOrEqual(2_000);
          for (const { state } of slice) if (merge(reader, JSON.parse(state))) news++;
          merge(replica, harness.stateOf(count + slices));
          merge(replica, harness.grownStateOf(slices++));
        }
        expect(slices).toBeGreaterThan(2);
        expect(news).toBeGreaterThanOrEqual(count);
        for (let thing = 0; thing < count; thing++) expect(merge(reader, harness.stateOf(thing))).toBe(false);
      });

      it('may be those of some buckets, which together are all', () => {
        for (let thing = 0; thing < 600; thing++) merge(replica, harness.stateOf(thing));
        const all = knowledge(replica);
        const byBucket = Array.from({ length: 256 }, (_, bucket) =>
          known(replica, { buckets: new Set([bucket]) }),
        );
        expect(
          byBucket
            .flat()
            .map(({ state, ageMs }) => JSON.stringify([state, ageMs]))
            .sort(),
        ).toEqual(all);
        expect(byBucket.filter((states) => states.length > 0).length).toBeGreaterThan(150);
        expect(known(replica, { buckets: new Set([3, 4]) })).toHaveLength(
          byBucket[3]!.length + byBucket[4]!.length,
        );
        expect(known(replica, { buckets: new Set() })).toEqual([]);
      });

      it('may be the younger ones alone', () => {
        merge(replica, harness.stateOf(1), { ageMs: 100, unchangedMs: 0 });
        merge(replica, harness.stateOf(2), { ageMs: 99, unchangedMs: 0 });
        expect(known(replica, { youngerThanMs: 100 })).toHaveLength(1);
        expect(known(replica, { youngerThanMs: 100 })[0]!.ageMs).toBe(99);
        expect(known(replica, { youngerThanMs: 101 })).toHaveLength(2);
        expect(known(replica, { youngerThanMs: 0 })).toEqual([]);
      });
    });

    describe('ages', () => {
      it('grow with time alone, and arrive as they were sent', () => {
        merge(replica, harness.stateOf(1), { ageMs: 700, unchangedMs: 300 });
        harness.clock.advance(50);
        expect(known(replica)).toMatchObject([{ ageMs: 750, unchangedMs: 350 }]);
        const next = harness.makeReplica();
        tell(next, known(replica));
        harness.clock.advance(10);
        expect(known(next)).toMatchObject([{ ageMs: 760, unchangedMs: 360 }]);
      });

      it('are the greater of two: they can only arrive too small', () => {
        merge(replica, harness.stateOf(1), { ageMs: 700, unchangedMs: 300 });
        expect(merge(replica, harness.stateOf(1), { ageMs: 20, unchangedMs: 20 })).toBe(false);
        expect(known(replica)).toMatchObject([{ ageMs: 700, unchangedMs: 300 }]);
        expect(merge(replica, harness.stateOf(1), { ageMs: 900, unchangedMs: 20 })).toBe(false);
        expect(known(replica)).toMatchObject([{ ageMs: 900, unchangedMs: 300 }]);
      });

      it('since the last change are those of what was news', () => {
        merge(replica, harness.stateOf(1), { ageMs: 700, unchangedMs: 300 });
        merge(replica, harness.grownStateOf(1), { ageMs: 700, unchangedMs: 40 });
        expect(known(replica)[0]!.unchangedMs).toBe(40);
      });
    });

    describe('digest', () => {
      it('differs in the buckets of what differs, and in no other', () => {
        const holds = fc.property(manySent(), manySent(), manySent(), (shared, mine, theirs) => {
          const [one, other] = [replicaWith([...shared, ...mine]), replicaWith([...shared, ...theirs])];
          const differing = digestOf(one).differencesTo(digestOf(other));
          const gained = new Set<number>();
          for (let bucket = 0; bucket < 256; bucket++) {
            const buckets = new Set([bucket]);
            const [told, heard] = [known(one, { buckets }), known(other, { buckets })];
            if (tell(one, heard) + tell(other, told) > 0) gained.add(bucket);
          }
          expect([...gained]).toEqual(differing);
          expect(digestOf(one).differencesTo(digestOf(other))).toEqual([]);
        });
        fc.assert(holds, { numRuns: 200 });
      });

      it('does not depend on ages', () => {
        const other = harness.makeReplica();
        merge(replica, harness.stateOf(1), { ageMs: 700, unchangedMs: 300 });
        merge(other, harness.stateOf(1), { ageMs: 5, unchangedMs: 3 });
        expect(digestOf(replica).differencesTo(digestOf(other))).toEqual([]);
      });

      const empty = new StateDigest().toText();

      it('covers what is younger than an age, and has not changed for a while', () => {
        merge(replica, harness.stateOf(1), { ageMs: 700, unchangedMs: 300 });
        expect(digestOf(replica, { youngerThanMs: 700 }).toText()).toBe(empty);
        expect(digestOf(replica, { youngerThanMs: 701 }).toText()).not.toBe(empty);
        expect(digestOf(replica, { settledForMs: 301 }).toText()).toBe(empty);
        expect(digestOf(replica, { settledForMs: 300 }).toText()).not.toBe(empty);
      });

      it('may be as of a moment ago', () => {
        merge(replica, harness.stateOf(1), { ageMs: 700, unchangedMs: 300 });
        expect(digestOf(replica, { agoMs: 100, settledForMs: 200 }).toText()).not.toBe(empty);
        expect(digestOf(replica, { agoMs: 101, settledForMs: 200 }).toText()).toBe(empty);
        expect(digestOf(replica, { agoMs: 100, youngerThanMs: 600 }).toText()).toBe(empty);
        expect(digestOf(replica, { agoMs: 100, youngerThanMs: 601 }).toText()).not.toBe(empty);
      });

      it('of much is made in steps', () => {
        for (let thing = 0; thing < 40_000; thing++) merge(replica, harness.stateOf(thing));
        const window = { asOfMs: nowMs(), youngerThanMs: replica.horizonMs, settledForMs: 0 };
        expect([...replica.digest(new StateDigest(), window)].length).toBeGreaterThan(1);
      });
    });

    parseContract(makeHarness);
  });
}
