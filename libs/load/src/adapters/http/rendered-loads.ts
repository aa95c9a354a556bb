import { RenderedJson } from '#platform';
import type { EngineLoad } from '../../domain/engine-stats.js';
import type { ModelLoad } from '../../domain/model-stats.js';
import { maxInt32 } from './int32.js';

/** Engines whose text is put together at once, and again when one of them has changed. */
const blockEngines = 32;

const noEngines = new RenderedJson('[]');

/**
 * The answers to load queries as text. Between two queries few engines of a cluster change, so the text of each engine
 * is kept until it does; what is kept goes with the cluster.
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

/** Engines that stand one behind the other in an answer. */
interface Block {
  text: string;
  isStale: boolean;
}

class RenderedCluster {
  readonly #engines: EngineLoad[] = [];
  readonly #versions: number[] = [];
  readonly #texts: string[] = [];
  readonly #blocks: Block[] = [];
  #rendered = noEngines;

  render(model: ModelLoad): RenderedJson {
    if (!this.#update(model)) return this.#rendered;
    for (const [i, block] of this.#blocks.entries()) {
      if (!block.isStale) continue;
      block.text = this.#texts.slice(i * blockEngines, (i + 1) * blockEngines).join(',');
      block.isStale = false;
    }
    this.#rendered = new RenderedJson(`[${this.#blocks.map(({ text }) => text).join(',')}]`);
    return this.#rendered;
  }

  /** @returns whether anything has changed */
  #update(model: ModelLoad): boolean {
    let hasChanged = false;
    let place = 0;
    for (const engine of model.engines()) {
      if (this.#engines[place] !== engine || this.#versions[place] !== engine.version) {
        this.#put(place, engine);
        hasChanged = true;
      }
      place++;
    }
    return this.#truncate(place) || hasChanged;
  }

  #put(place: number, engine: EngineLoad): void {
    this.#engines[place] = engine;
    this.#versions[place] = engine.version;
    this.#texts[place] = engineText(engine);
    const block = Math.floor(place / blockEngines);
    (this.#blocks[block] ??= { text: '', isStale: true }).isStale = true;
  }

  /** @returns whether there were more engines before */
  #truncate(count: number): boolean {
    if (this.#engines.length === count) return false;
    this.#engines.length = count;
    this.#versions.length = count;
    this.#texts.length = count;
    this.#blocks.length = Math.ceil(count / blockEngines);
    const last = this.#blocks.at(-1);
    if (last !== undefined) last.isStale = true;
    return true;
  }
}

/** What JSON.stringify makes of an {@link EngineLoadDto}, in a third of the time. A test holds the two against each other. */
export function engineText({ ip, queuedCount, promptLength, updatedUs, prefillCount }: EngineLoad): string {
  const queued = queuedCount < maxInt32 ? queuedCount : maxInt32;
  const prompt = promptLength < maxInt32 ? promptLength : maxInt32;
  const prefill = prefillCount < maxInt32 ? prefillCount : maxInt32;
  // Microseconds are a number without loss, nanoseconds are not.
  return `{"ip":"${ip}","queued_req_num":${queued},"prompt_length":${prompt},"updated_time":${updatedUs}000,"prefill_req_num":${prefill}}`;
}
