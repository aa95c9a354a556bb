import { RenderedJson } from '#platform';
import type { EngineLoad } from '../../domain/engine-stats.js';
import type { ModelLoad } from '../../domain/model-stats.js';
import {
  engineBytes,
  layoutOf,
  maxEngineBytes,
  upperTimeOf,
  writeEngine,
  writeNumbers,
} from './engine-bytes.js';

const noEngines = new RenderedJson(Buffer.from('[]'));
const comma = 0x2c;
const open = 0x5b;
const close = 0x5d;

/**
 * The answers to load queries as JSON. Between two queries few engines of a cluster change, so the answer before is
 * copied but for those; where none has changed it is the answer. What is kept goes with the cluster.
 */
export class RenderedLoads {
  readonly #clusters = new WeakMap<ModelLoad, RenderedCluster>();

  /** @param model undefined for a cluster that is not known */
  of(model: ModelLoad | undefined): RenderedJson {
    if (model === undefined) return noEngines;
    let cluster = this.#clusters.get(model);
    if (cluster === undefined) {
      cluster = new RenderedCluster();
      this.#clusters.set(model, cluster);
    }
    return cluster.render(model);
  }
}

class RenderedCluster {
  readonly #engines: EngineLoad[] = [];
  readonly #versions: number[] = [];
  /** Of each engine as it was rendered, see {@link layoutOf}; none of one that was not. */
  readonly #layouts: number[] = [];
  readonly #upperTimes: number[] = [];
  /** Where each engine's JSON begins, and behind the last one where the next would. */
  readonly #starts: number[] = [1];
  #rendered = noEngines;

  render(model: ModelLoad): RenderedJson {
    const before = this.#engines.length;
    const { renumbered, rewritten } = this.#changes(model);
    const isAsLong = rewritten.length === 0 && this.#engines.length === before;
    if (isAsLong && renumbered.length === 0) return this.#rendered;
    const bytes = isAsLong ? Buffer.from(this.#rendered.bytes) : this.#spliced(rewritten);
    for (const place of renumbered) {
      const engine = this.#engines[place]!;
      writeNumbers(bytes, this.#starts[place]!, engine, this.#layouts[place]!, this.#upperTimes[place]!);
    }
    this.#rendered = new RenderedJson(bytes);
    return this.#rendered;
  }

  /** Takes note of the engines as they are. @returns the places where only digits have changed, and the others */
  #changes(model: ModelLoad): { renumbered: number[]; rewritten: number[] } {
    const renumbered: number[] = [];
    const rewritten: number[] = [];
    let place = 0;
    for (const engine of model.engines()) {
      if (this.#engines[place] !== engine || this.#versions[place] !== engine.version) {
        const upperTime = upperTimeOf(engine.updatedUs);
        const layout = layoutOf(engine, upperTime);
        const isSame =
          this.#engines[place] === engine &&
          this.#layouts[place] === layout &&
          this.#upperTimes[place] === upperTime;
        (isSame ? renumbered : rewritten).push(place);
        this.#engines[place] = engine;
        this.#versions[place] = engine.version;
        this.#layouts[place] = layout;
        this.#upperTimes[place] = upperTime;
      }
      place++;
    }
    this.#engines.length = place;
    this.#versions.length = place;
    this.#layouts.length = place;
    this.#upperTimes.length = place;
    return { renumbered, rewritten };
  }

  /** What was rendered before, with some engines written anew, with more engines or with fewer. */
  #spliced(rewritten: readonly number[]): Buffer {
    const count = this.#engines.length;
    if (count === 0) return noEngines.bytes;
    const from = this.#rendered.bytes;
    const starts = this.#starts;
    const bytes = Buffer.allocUnsafe(from.length + rewritten.length * maxEngineBytes);
    bytes[0] = open;
    let at = 1;
    let next = 0;
    for (let place = 0; place < count;) {
      if (place === rewritten[next]) {
        const engine = this.#engines[place]!;
        const layout = this.#layouts[place]!;
        writeEngine(bytes, at, engine, layout, this.#upperTimes[place]!);
        starts[place] = at;
        at += engineBytes(engine.ip, layout) + 1;
        place++;
        next++;
      } else {
        // All up to the next that is written anew, with the commas behind them.
        const end = rewritten[next] ?? count;
        const shift = at - starts[place]!;
        from.copy(bytes, at, starts[place], starts[end]);
        at = starts[end]! + shift;
        if (shift === 0) place = end;
        else for (; place < end; place++) starts[place]! += shift;
      }
      bytes[at - 1] = comma;
    }
    starts[count] = at;
    starts.length = count + 1;
    bytes[at - 1] = close;
    return bytes.subarray(0, at);
  }
}
