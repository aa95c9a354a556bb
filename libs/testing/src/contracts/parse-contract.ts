import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ReplicatedState, StateAges } from '#replication';

/** A context's state, and what may come off the wire for it. States are JSON values. */
export interface ParseHarness {
  /** @returns a replica that knows nothing */
  makeReplica(): ReplicatedState;
  /** Different things for different numbers. */
  stateOf(thing: number): unknown;
  /** More about the same thing. */
  grownStateOf(thing: number): unknown;
  readonly malformed: readonly (readonly [name: string, state: unknown])[];
}

const fresh: StateAges = { ageMs: 0, unchangedMs: 0 };

/** How every `ReplicatedState` must read; a part of the contracts of both kinds. */
export function parseContract(makeHarness: () => ParseHarness): void {
  describe('parse', () => {
    let harness: ParseHarness;
    let replica: ReplicatedState;
    beforeEach(() => {
      harness = makeHarness();
      replica = harness.makeReplica();
    });

    const known = () => [...replica.states({})].flat();

    it('has no effect', () => {
      replica.merge(replica.parse(harness.stateOf(1), fresh));
      const before = known();
      expect(before).toHaveLength(1);
      replica.parse(harness.stateOf(2), fresh);
      replica.parse(harness.grownStateOf(1), fresh);
      expect(known()).toEqual(before);
    });

    it('refuses what is malformed, and names it: all of the list', () => {
      for (const [name, state] of harness.malformed) {
        expect(() => replica.parse(state, fresh), name).toThrow(
          expect.objectContaining({ name: 'WireError', message: expect.stringMatching(/\bmust be\b/) }),
        );
      }
      expect(known()).toEqual([]);
    });

    it('throws nothing but WireError, whatever it is given', () => {
      const holds = fc.property(
        fc.jsonValue(),
        fc.dictionary(fc.constantFrom(...wireNames(harness)), fc.jsonValue()),
        (any, fields) => {
          for (const state of [any, fields]) {
            try {
              replica.parse(state, fresh);
            } catch (error) {
              expect((error as Error).name).toBe('WireError');
            }
          }
        },
      );
      fc.assert(holds, { numRuns: 2_000 });
    });
  });
}

/** The names of the fields that states have. */
function wireNames({ stateOf, grownStateOf }: ParseHarness): string[] {
  return [...new Set([stateOf(1), grownStateOf(1)].flatMap((state) => Object.keys(state as object)))];
}
