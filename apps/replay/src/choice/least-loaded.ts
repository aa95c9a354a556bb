import type { EngineLoad } from '../engines.js';
import type { Random } from '../random.js';
import type { EngineChoice } from './engine-choice.js';

/** Takes an engine with the fewest queued requests; of these one with the least prompt length; of these any. */
export function leastLoaded(random: Random): EngineChoice {
  return {
    choose(loads) {
      let best: EngineLoad | undefined;
      let candidates: number[] = [];
      for (const [engine, load] of loads.entries()) {
        const order = best === undefined ? -1 : compare(load, best);
        if (order > 0) continue;
        if (order < 0) {
          best = load;
          candidates = [];
        }
        candidates.push(engine);
      }
      return candidates[random.below(candidates.length)] ?? 0;
    },
  };
}

function compare(a: EngineLoad, b: EngineLoad): number {
  return a.queuedRequests - b.queuedRequests || a.promptLength - b.promptLength;
}
