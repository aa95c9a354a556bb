import type { StateDigest } from '../../domain/state-digest.js';

/** One state that a context knows, as it goes over the wire. */
export interface KnownState {
  /** JSON text. */
  readonly state: string;
  /** Since when it is known anywhere, in this process's monotonic clock. */
  readonly sinceMs: number;
  /** When it last changed anywhere, in the same clock. */
  readonly changedMs: number;
}

/** How old a state off the wire is. Ages travel, never clocks; they can only arrive too small. */
export interface StateAges {
  /** For how long it is known, in ms: finite and not negative. */
  readonly ageMs: number;
  /** For how long it has been as it is. */
  readonly unchangedMs: number;
}

/** Which states of a context a snapshot is about; all, where a field is undefined. */
export interface StateSelection {
  readonly buckets?: ReadonlySet<number> | undefined;
  /** Only what is younger than this age. */
  readonly youngerThanMs?: number | undefined;
}

/** What a digest covers. */
export interface DigestWindow {
  /** As of which moment, in this process's monotonic clock: now, or a little before. */
  readonly asOfMs: number;
  /** Only what was younger than this age. */
  readonly youngerThanMs: number;
  /** Only what had not changed for this long. */
  readonly settledForMs: number;
}

/**
 * What a context keeps the same on all replicas. Its states form a join-semilattice: they may be merged in any
 * order, any number of times, by one rule for batches, snapshots and repair.
 *
 * Methods never block. What can be long comes in slices of a few milliseconds, between which calls are answered and
 * the states change.
 */
export abstract class ReplicatedState<Parsed = unknown> {
  /** The name of the context's states on the wire. */
  abstract readonly kind: string;

  /**
   * Whether replicas are compared and repaired by this state. A hint may be left to itself: it need not be a lattice, its
   * digest is never asked for, and a replica that joins fetches it only after it is ready.
   */
  abstract readonly isRepaired: boolean;

  /** The greatest age up to which nothing was forgotten here: what is older can't be compared. */
  abstract readonly horizonMs: number;

  /**
   * Reads one state off the wire, without effect.
   *
   * @param state parsed JSON of whatever shape
   * @throws WireError that names the field and what it must be
   */
  abstract parse(state: unknown, ages: StateAges): Parsed;

  /**
   * Takes in a state that was parsed here.
   *
   * @returns whether anything of it was new
   */
  abstract merge(parsed: Parsed): boolean;

  /**
   * The selected states, in slices. What is known all the while comes exactly once; what changes meanwhile may come
   * as it was or as it is, and what is new may be missing: events bring it.
   */
  abstract states(selection: StateSelection): Iterable<readonly KnownState[]>;

  /** Counts the states in a window into a digest; each step is a slice. */
  abstract digest(into: StateDigest, window: DigestWindow): Iterable<void>;
}

/** Something off the wire is not what it must be. The message names the field and the remedy. */
export class WireError extends Error {
  override readonly name = 'WireError';
}
