import { type Life, LoadStats, type Moment, type RequestRecord, requestKeyOf } from '#load';
import { RepairDivergence, type ServeSnapshot, type SnapshotSelection } from '#replication';
import { worldBeginsMs } from './world.js';

const tenDaysMs = 864_000_000;

/** Repair that never runs. */
export class NoRepair extends RepairDivergence {
  override start(): void {}
}

/** Lives are told apart by the wall clock of the replica on which they began: of two, the later one wins whole. */
export class ClockOrderedLoad extends LoadStats {
  override record(requestId: string, record: RequestRecord, now: Moment): ReturnType<LoadStats['record']> {
    const next = super.record(requestId, record, now);
    return typeof next === 'string' ? next : this.#stamped(requestId, next, now);
  }

  override release(requestId: string, now: Moment): ReturnType<LoadStats['release']> {
    const next = super.release(requestId, now);
    return typeof next === 'string' ? next : this.#stamped(requestId, next, now);
  }

  override remove(requestId: string, now: Moment): ReturnType<LoadStats['remove']> {
    const next = super.remove(requestId, now);
    return typeof next === 'string' ? next : this.#stamped(requestId, next, now);
  }

  /** A life that began with this call has a small number yet. */
  #stamped(requestId: string, life: Life, now: Moment): Life {
    const generation = Math.round(now.unixUs / 1_000) - worldBeginsMs + tenDaysMs;
    if (life.generation > tenDaysMs / 2) return life;
    const stamped = { ...life, generation };
    this.merge(requestKeyOf(requestId), stamped, now);
    return stamped;
  }
}

/** A snapshot whose cursors are read when all of it has been: what happened meanwhile is in the cursors alone. */
export class CursorsReadLast {
  constructor(private readonly real: ServeSnapshot) {}

  execute(selection: SnapshotSelection): ReturnType<ServeSnapshot['execute']> {
    const lines = this.real.execute(selection);
    return typeof lines === 'string' ? lines : this.#reordered(lines, selection);
  }

  async *#reordered(lines: AsyncIterable<string>, selection: SnapshotSelection): AsyncIterable<string> {
    const all: string[] = [];
    for await (const line of lines) all.push(line);
    const later = this.real.execute(selection);
    if (typeof later === 'string') return;
    for await (const header of later) {
      yield header;
      break;
    }
    yield* all.slice(1);
  }
}
