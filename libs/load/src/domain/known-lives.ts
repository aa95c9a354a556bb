import type { Life } from './inference-request.js';
import { hashLife } from './life-hash.js';
import type { RequestKey } from './request-table/request-key.js';
import type { RequestTable } from './request-table/request-table.js';

/** Slots that are looked at between two slices, and lives in one: a millisecond or two of work with their text. */
const slotsPerSlice = 1_000;
const hashesPerSlice = 8_000;

/** A life and the id that it belongs to. */
export interface KnownLife {
  readonly key: RequestKey;
  readonly life: Life;
}

/** Which lives are meant; all, where a field is undefined. */
export interface LifeSelection {
  /** By {@link bucketOf} their key. */
  readonly buckets?: ReadonlySet<number> | undefined;
  /** Only those younger than this age. */
  readonly youngerThanMs?: number | undefined;
  /** Only those of which nothing became known for this long. */
  readonly settledForMs?: number | undefined;
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
    for (let start = 0; start < this.requests.slotsMade; start += slotsPerSlice) {
      const lives: KnownLife[] = [];
      const nowMs = now();
      const end = Math.min(start + slotsPerSlice, this.requests.slotsMade);
      for (let slot = start; slot < end; slot++) {
        if (!this.#isSelected(slot, selection, nowMs)) continue;
        lives.push({ key: this.requests.keyAt(slot), life: this.requests.lifeAt(slot) });
      }
      yield lives;
    }
  }

  /**
   * Counts the hashes of the selected lives as they are known at one moment; each step is a slice.
   *
   * @param add takes a bucket and 64 bits of hash
   */
  *hash(
    selection: LifeSelection,
    nowMs: number,
    add: (bucket: number, high: number, low: number) => void,
  ): Iterable<void> {
    for (let start = 0; start < this.requests.slotsMade; start += hashesPerSlice) {
      const end = Math.min(start + hashesPerSlice, this.requests.slotsMade);
      for (let slot = start; slot < end; slot++) {
        if (!this.#isSelected(slot, selection, nowMs)) continue;
        const key = this.requests.keyAt(slot);
        const [high, low] = hashLife(key, this.requests.lifeAt(slot));
        add(bucketOf(key), high, low);
      }
      yield;
    }
  }

  #isSelected(slot: number, { buckets, youngerThanMs, settledForMs }: LifeSelection, nowMs: number): boolean {
    if (!this.requests.isKnownAt(slot)) return false;
    if (youngerThanMs !== undefined && nowMs - this.requests.startedMsAt(slot) >= youngerThanMs) return false;
    if (settledForMs !== undefined && this.requests.unchangedForMs(slot, nowMs) < settledForMs) return false;
    return buckets === undefined || buckets.has(bucketOf(this.requests.keyAt(slot)));
  }
}
