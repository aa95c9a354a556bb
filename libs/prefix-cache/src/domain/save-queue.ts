import { type CachedEngine, unqueued } from './cached-engine.js';

/**
 * Engines, first the one to which nobody has saved for the longest time: a binary heap, in which each engine knows its
 * place. So a save moves one engine by a few places, however many there are and whenever it was.
 */
export class SaveQueue {
  readonly #engines: CachedEngine[] = [];

  /** The one that was saved to longest ago. */
  get first(): CachedEngine | undefined {
    return this.#engines[0];
  }

  /** Puts an engine where it belongs, for the first time or after one more save. */
  onSaved(engine: CachedEngine): void {
    if (engine.queuePlace === unqueued) this.#rise(engine, this.#engines.length);
    else this.#sink(engine, engine.queuePlace);
  }

  /** It must be in the queue, and does not come again. */
  remove(engine: CachedEngine): void {
    const place = engine.queuePlace;
    const last = this.#engines.pop()!;
    if (last === engine) return;
    // From the end of one branch it may belong above or below a place in another.
    this.#rise(last, place);
    this.#sink(last, last.queuePlace);
  }

  #rise(engine: CachedEngine, from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!engine.isSavedBefore(this.#engines[parent]!)) break;
      this.#put(this.#engines[parent]!, at);
      at = parent;
    }
    this.#put(engine, at);
  }

  #sink(engine: CachedEngine, from: number): void {
    const engines = this.#engines;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= engines.length) break;
      if (child + 1 < engines.length && engines[child + 1]!.isSavedBefore(engines[child]!)) child++;
      if (!engines[child]!.isSavedBefore(engine)) break;
      this.#put(engines[child]!, at);
      at = child;
    }
    this.#put(engine, at);
  }

  #put(engine: CachedEngine, place: number): void {
    this.#engines[place] = engine;
    engine.queuePlace = place;
  }
}
