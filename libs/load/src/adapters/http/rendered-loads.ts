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
  #rendered = noEngines;

  render(model: ModelLoad): RenderedJson {
    const before = this.#rows.length;
    const { renumbered, rewritten } = this.#changes(model);
    const isAsLong = rewritten.length === 0 && this.#rows.length === before;
    if (isAsLong && renumbered.length === 0) return this.#rendered;
    const bytes = isAsLong ? Buffer.from(this.#rendered.bytes) : this.#spliced(rewritten);
    for (const { start, engine, layout, upperTime } of renumbered)
      writeNumbers(bytes, start, engine, layout, upperTime);
    this.#rendered = new RenderedJson(bytes);
    return this.#rendered;
  }

  /** Takes note of the engines as they are. @returns the rows of which only digits have changed, and the others' places */
  #changes(model: ModelLoad): { renumbered: Row[]; rewritten: number[] } {
    const rows = this.#rows;
    const renumbered: Row[] = [];
    const rewritten: number[] = [];
    let place = 0;
    for (const engine of model.engines()) {
      const row = rows[place];
      if (row?.engine !== engine || row.version !== engine.version) {
        const { updatedUs, version } = engine;
        const upperTime = upperTimeOf(updatedUs);
        const layout = layoutOf(engine, upperTime);
        if (row?.engine === engine && row.layout === layout && row.upperTime === upperTime) {
          row.version = version;
          renumbered.push(row);
        } else {
          rows[place] = { engine, version, layout, upperTime, start: 0 };
          rewritten.push(place);
        }
      }
      place++;
    }
    rows.length = place;
    return { renumbered, rewritten };
  }

  /** What was rendered before, with some engines written anew, with more engines or with fewer. */
  #spliced(rewritten: readonly number[]): Buffer {
    const rows = this.#rows;
    if (rows.length === 0) return noEngines.bytes;
    const from = this.#rendered.bytes;
    const bytes = Buffer.allocUnsafe(from.length + rewritten.length * maxEngineBytes);
    bytes[0] = open;
    let at = 1;
    let next = 0;
    for (let place = 0; place < rows.length;) {
      if (place === rewritten[next]) {
        const row = rows[place]!;
        row.start = at;
        writeEngine(bytes, at, row.engine, row.layout, row.upperTime);
        at = endOf(row);
        place++;
        next++;
      } else {
        // All up to the next that is written anew, with the commas behind them.
        const end = rewritten[next] ?? rows.length;
        const shift = at - rows[place]!.start;
        at += from.copy(bytes, at, rows[place]!.start, endOf(rows[end - 1]!));
        for (; place < end; place++) rows[place]!.start += shift;
      }
      bytes[at - 1] = comma;
    }
    bytes[at - 1] = close;
    return bytes.subarray(0, at);
  }
}

/** Behind the comma or bracket that follows it. */
function endOf({ engine, layout, start }: Row): number {
  return start + engineBytes(engine.ip, layout) + 1;
}
