import {
  type DigestWindow,
  type KnownState,
  type ReplicatedState,
  type StateAges,
  type StateDigest,
  type StateSelection,
  WireError,
} from '#replication';
import type { ManualClock } from '../manual-clock.js';

interface Parsed {
  readonly name: string;
  readonly value: number;
  readonly sinceMs: number;
  readonly changedMs: number;
}

/** The simplest state that replicas can keep the same: numbers by name, of which the greater wins; `["a",3]`. */
export class GrowingNumbers implements ReplicatedState<Parsed> {
  readonly #numbers = new Map<string, Parsed>();
  /** Every merge, in its order. */
  readonly merged: string[] = [];
  horizonMs = 600_000;

  constructor(
    private readonly clock: ManualClock,
    readonly kind = 'numbers',
    readonly isRepaired = true,
    private readonly sliceSize = 2,
  ) {}

  get values(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#numbers].map(([name, { value }]) => [name, value]));
  }

  set(name: string, value: number): void {
    this.merge(this.parse([name, value], { ageMs: 0, unchangedMs: 0 }));
  }

  parse(state: unknown, { ageMs, unchangedMs }: StateAges): Parsed {
    if (!Array.isArray(state) || typeof state[1] !== 'number')
      throw new WireError('it must be a name and a number');
    const nowMs = this.clock.nowMs();
    return {
      name: String(state[0]),
      value: state[1],
      sinceMs: nowMs - ageMs,
      changedMs: nowMs - unchangedMs,
    };
  }

  merge(parsed: Parsed): boolean {
    this.merged.push(parsed.name);
    const isNews = parsed.value > (this.#numbers.get(parsed.name)?.value ?? Number.NEGATIVE_INFINITY);
    if (isNews) this.#numbers.set(parsed.name, parsed);
    return isNews;
  }

  *states({ buckets, youngerThanMs = Infinity }: StateSelection): Iterable<readonly KnownState[]> {
    const selected = [...this.#numbers.values()].filter(
      ({ name, sinceMs }) =>
        buckets?.has(bucketOf(name)) !== false && this.clock.nowMs() - sinceMs < youngerThanMs,
    );
    for (let i = 0; i < selected.length; i += this.sliceSize) {
      yield selected.slice(i, i + this.sliceSize).map(({ name, value, sinceMs, changedMs }) => ({
        state: JSON.stringify([name, value]),
        sinceMs,
        changedMs,
      }));
    }
  }

  *digest(into: StateDigest, { asOfMs, youngerThanMs, settledForMs }: DigestWindow): Iterable<void> {
    for (const { name, value, sinceMs, changedMs } of this.#numbers.values()) {
      const isIn = asOfMs - sinceMs < youngerThanMs && asOfMs - changedMs >= settledForMs;
      if (isIn) into.add(bucketOf(name), name.charCodeAt(0), value);
      yield;
    }
  }
}

function bucketOf(name: string): number {
  return name.charCodeAt(0) & 0xff;
}
