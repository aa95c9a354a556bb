import type { Life } from './inference-request.js';
import type { RequestKey } from './request-table/request-key.js';
import type { RequestTable } from './request-table/request-table.js';
import type { Slot } from './request-table/slot.js';

/** Slots that are gone through between two slices: a millisecond or two of work, with the text that is made of them. */
const slotsPerSlice = 1_000;
const hashesPerSlice = 16_000;

/** A life, the id that it belongs to, and when what is known of it last changed anywhere. */
export interface KnownLife {
  readonly key: RequestKey;
  readonly life: Life;
  readonly changedMs: number;
}

/** Which lives are meant; all, where a field is undefined. */
export interface LifeSelection {
  /** By {@link bucketOf} their key. */
  readonly buckets?: ReadonlySet<number> | undefined;
  /** Only those younger than this age. */
  readonly youngerThanMs?: number | undefined;
}

/** What a digest covers: what was known at a moment, younger than an age, and had not changed for a while. */
export interface LifeWindow {
  readonly asOfMs: number;
  readonly youngerThanMs: number;
  readonly settledForMs: number;
}

/** Where a key's hash is counted in: the same bucket on every replica. */
export function bucketOf({ low }: RequestKey): number {
  return low & 0xff;
}

/**
 * Everything known of request ids, as other replicas are told of it. It is gone through in slices, between which it
 * may change: an id that is known all the while comes exactly once, for slots do not move.
 */
export class KnownLives {
  constructor(private readonly requests: RequestTable) {}

  /** @param now of a slice, asked for at each */
  *slices(selection: LifeSelection, now: () => number): Iterable<readonly KnownLife[]> {
    for (const slots of this.#slices(slotsPerSlice)) {
      const nowMs = now();
      yield slots
        .filter((slot) => this.#isSelected(slot, selection, nowMs))
        .map((slot) => this.#knownAt(slot, nowMs));
    }
  }

  /**
   * Counts the hashes of the lives in a window; each step is a slice.
   *
   * @param add takes a bucket and 64 bits of hash
   */
  *hash(window: LifeWindow, add: (bucket: number, high: number, low: number) => void): Iterable<void> {
    const addAt = (key: RequestKey, high: number, low: number): void => add(bucketOf(key), high, low);
    for (const slots of this.#slices(hashesPerSlice)) {
      for (const slot of slots) {
        if (this.#isIn(slot, window)) this.requests.hashAt(slot, addAt);
      }
      yield;
    }
  }

  *#slices(size: number): Iterable<readonly Slot[]> {
    for (let start = 0; start < this.requests.slotsMade; start += size) {
      const slots: Slot[] = [];
      const end = Math.min(start + size, this.requests.slotsMade);
      for (let slot = start; slot < end; slot++) if (this.requests.isKnownAt(slot)) slots.push(slot);
      yield slots;
    }
  }

  #knownAt(slot: Slot, nowMs: number): KnownLife {
    const { requests } = this;
    const changedMs = nowMs - requests.unchangedForMs(slot, nowMs);
    return { key: requests.keyAt(slot), life: requests.lifeAt(slot), changedMs };
  }

  #isSelected(slot: Slot, { buckets, youngerThanMs }: LifeSelection, nowMs: number): boolean {
    if (youngerThanMs !== undefined && nowMs - this.requests.startedMsAt(slot) >= youngerThanMs) return false;
    return buckets === undefined || buckets.has(bucketOf(this.requests.keyAt(slot)));
  }

  #isIn(slot: Slot, { asOfMs, youngerThanMs, settledForMs }: LifeWindow): boolean {
    const ageMs = asOfMs - this.requests.startedMsAt(slot);
    return ageMs < youngerThanMs && this.requests.isUnchangedSince(slot, asOfMs - settledForMs);
  }
}
