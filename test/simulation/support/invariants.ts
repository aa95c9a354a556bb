import type { Fleet } from './fleet.js';
import { isIncluded, nothingCounted } from './load-view.js';
import type { SimulatedReplica } from './replica.js';
import { isSame, textOf } from './books.js';
import type { World } from './world.js';

/** What must hold at any moment, whatever has happened. */
export class Invariants {
  /** By replica and epoch: up to where the cursor was checked. */
  readonly #checked = new Map<SimulatedReplica, Map<string, number>>();

  constructor(
    private readonly world: World,
    private readonly fleet: Fleet,
  ) {}

  check(): void {
    for (const replica of this.fleet.running()) {
      if (replica.process.state === 'stopped') continue;
      this.#checkCounts(replica);
      this.#checkCursors(replica);
    }
  }

  /** Counts follow from what is known of every request, so they are never negative and never drift. */
  #checkCounts({ name, view, collect }: SimulatedReplica): void {
    collect();
    const recount = view.recount();
    const counts = view.counts();
    for (const engine of new Set([...recount.keys(), ...counts.keys()])) {
      const reported = counts.get(engine) ?? nothingCounted;
      const recounted = recount.get(engine) ?? nothingCounted;
      if (!isSame(reported, recounted))
        this.world.violate(
          `${name} reports ${textOf(reported)} of ${engine}, and knows of ${textOf(recounted)}`,
        );
    }
  }

  /** "A cursor moves only without a gap" (design, section 5): who claims to have events knows what they say. */
  #checkCursors(replica: SimulatedReplica): void {
    const { name, view, cursors, load } = replica;
    const checked = this.#checked.get(replica) ?? new Map<string, number>();
    this.#checked.set(replica, checked);
    const moved = [...cursors.entries()].filter(
      ([epoch, { applied }]) => applied > (checked.get(epoch) ?? 0),
    );
    if (moved.length === 0) return;
    const known = view.lives();
    for (const [epoch, { applied }] of moved) {
      const origin = this.fleet.processOf(epoch);
      for (let sequence = (checked.get(epoch) ?? 0) + 1; sequence <= applied; sequence++) {
        const told = origin?.told[sequence - 1];
        if (told === undefined) {
          this.world.violate(`${name} claims to have event ${sequence} of ${epoch}, which there is not`);
          break;
        }
        const isOver = this.world.ageMs(told.key) >= load.policy.expiryMs;
        if (!isOver && !isIncluded(told.life, known.get(told.key)))
          this.world.violate(
            `${name} claims to have event ${sequence} of ${origin!.name}, and does not know it`,
          );
      }
      checked.set(epoch, applied);
    }
  }
}
