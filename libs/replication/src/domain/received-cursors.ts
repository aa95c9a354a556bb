import type { Progress } from './peer-cursor.js';

/** How far this replica has the events of one epoch. */
export interface ReceivedCursor {
  /** Everything up to this sequence is merged. */
  readonly applied: number;
  /** Where the epoch's process listens; empty while only a snapshot has told of it. */
  readonly origin: string;
}

/** Dead epochs are remembered, too; the one that was silent for the longest goes first. */
const maxEpochs = 1_024;

/**
 * How far this replica has the events of every process, by epoch: a process that starts again is another one,
 * whatever its address. A cursor moves only without a gap.
 */
export class ReceivedCursors {
  /** From the longest silent on. */
  readonly #cursors = new Map<string, ReceivedCursor>();

  /** @returns the last sequence up to which all is merged; 0 for an epoch that is not known */
  appliedOf(epoch: string): number {
    return this.#cursors.get(epoch)?.applied ?? 0;
  }

  /** Whether anything is known of the epoch. */
  has(epoch: string): boolean {
    return this.#cursors.has(epoch);
  }

  /**
   * A batch has been merged.
   *
   * @param oldest the first sequence that its origin could still send
   */
  receive(
    epoch: string,
    origin: string,
    { first, count, oldest }: { readonly first: number; readonly count: number; readonly oldest: number },
  ): Progress {
    const applied = this.appliedOf(epoch);
    if (first > applied + 1) {
      if (this.has(epoch)) this.#set(epoch, { applied, origin });
      return { outcome: applied + 1 >= oldest ? 'gap' : 'snapshot', applied };
    }
    const reached = Math.max(applied, first + count - 1);
    this.#set(epoch, { applied: reached, origin });
    return { outcome: 'applied', applied: reached };
  }

  /** A snapshot has been merged whose donor had read these cursors before its first chunk. */
  adopt(cursors: Iterable<readonly [epoch: string, applied: number]>): void {
    for (const [epoch, applied] of cursors) {
      const known = this.#cursors.get(epoch);
      this.#set(epoch, { applied: Math.max(applied, known?.applied ?? 0), origin: known?.origin ?? '' });
    }
  }

  entries(): IterableIterator<[epoch: string, cursor: ReceivedCursor]> {
    return this.#cursors.entries();
  }

  #set(epoch: string, cursor: ReceivedCursor): void {
    this.#cursors.delete(epoch);
    this.#cursors.set(epoch, cursor);
    if (this.#cursors.size > maxEpochs) this.#cursors.delete(this.#cursors.keys().next().value!);
  }
}
