import { RenderedJson } from '#platform';
import type { EngineLoad } from '../../domain/engine-stats.js';
import type { ModelLoad } from '../../domain/model-stats.js';
import { Draft } from './draft.js';
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

/** An engine as it was rendered. */
interface Row {
  readonly engine: EngineLoad;
  version: number;
  /** See {@link layoutOf}. */
  readonly layout: number;
  readonly upperTime: number;
  /** Where its JSON begins. */
  start: number;
}

class RenderedCluster {
  readonly #rows: Row[] = [];
  /** What the answer is to say. It is written over, and an answer may be on its way for long: each is a copy. */
  #draft = new Draft(0);
  #spare = new Draft(0);
  #rendered = noEngines;

  render(model: ModelLoad): RenderedJson {
    const before = this.#rows.length;
    const { renumberedCount, rewritten } = this.#takeChanges(model);
    const isAsLong = rewritten.length === 0 && this.#rows.length === before;
    if (isAsLong && renumberedCount === 0) return this.#rendered;
    if (!isAsLong) this.#splice(rewritten);
    const isEmpty = this.#rows.length === 0;
    this.#rendered = isEmpty ? noEngines : new RenderedJson(Buffer.from(this.#draft.written()));
    return this.#rendered;
  }

  /** Takes note of the engines as they are, and writes those of which only digits have changed. */
  #takeChanges(model: ModelLoad): { renumberedCount: number; rewritten: number[] } {
    const rows = this.#rows;
    const { view } = this.#draft;
    const rewritten: number[] = [];
    let renumberedCount = 0;
    let place = 0;
    for (const engine of model.engines()) {
      const row = rows[place];
      if (row?.engine !== engine || row.version !== engine.version) {
        const { updatedUs, version } = engine;
        const upperTime = upperTimeOf(updatedUs);
        const layout = layoutOf(engine, upperTime);
        if (row?.engine === engine && row.layout === layout && row.upperTime === upperTime) {
          row.version = version;
          writeNumbers(view, row.start, engine, layout, upperTime);
          renumberedCount++;
        } else {
          rows[place] = { engine, version, layout, upperTime, start: 0 };
          rewritten.push(place);
        }
      }
      place++;
    }
    rows.length = place;
    return { renumberedCount, rewritten };
  }

  /** Writes some engines anew, and puts them with those that stay into the other draft. */
  #splice(rewritten: readonly number[]): void {
    const rows = this.#rows;
    const from = this.#draft;
    const to = Draft.of(rows.length * maxEngineBytes, this.#spare);
    let at = 1;
    let next = 0;
    for (let place = 0; place < rows.length;) {
      if (place === rewritten[next]) {
        const row = rows[place]!;
        row.start = at;
        writeEngine(to.view, at, row.engine, row.layout, row.upperTime);
        at = endOf(row);
        place++;
        next++;
      } else {
        // All up to the next that is written anew, with the commas behind them.
        const end = rewritten[next] ?? rows.length;
        const shift = at - rows[place]!.start;
        at += from.bytes.copy(to.bytes, at, rows[place]!.start, endOf(rows[end - 1]!));
        for (; place < end; place++) rows[place]!.start += shift;
      }
      to.bytes[at - 1] = comma;
    }
    to.bytes[0] = open;
    to.bytes[at - 1] = close;
    to.length = at;
    this.#draft = to;
    this.#spare = from;
  }
}

/** Behind the comma or bracket that follows it. */
function endOf({ engine, layout, start }: Row): number {
  return start + engineBytes(engine.ip, layout) + 1;
}
