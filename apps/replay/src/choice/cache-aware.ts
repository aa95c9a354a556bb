import type { EngineLoad } from '../engines.js';
import type { Random } from '../random.js';
import type { EngineChoice } from './engine-choice.js';

/** Prompts shorter than this in all make no engine look busy. */
const leastPromptLength = 1024;

/**
 * Takes an engine with the highest score as AIGW gives it, of equals any. With d = max(2, most queued - least
 * queued):
 *
 *     2 · held / blocks of the prompt - ceil(d / 5) · (queued - least queued) / d
 *       - 3 · prompt length / max(1024, largest prompt length)
 */
export function cacheAware(random: Random): EngineChoice {
  return {
    choose(loads, { hashIds }, held) {
      const blocks = hashIds?.length ?? 1;
      const scoreOf = loadScore(loads);
      let best = Number.NEGATIVE_INFINITY;
      let candidates: number[] = [];
      for (const [engine, load] of loads.entries()) {
        const score = (2 * (held.get(engine) ?? 0)) / blocks + scoreOf(load);
        if (score < best) continue;
        if (score > best) {
          best = score;
          candidates = [];
        }
        candidates.push(engine);
      }
      return candidates[random.below(candidates.length)] ?? 0;
    },
  };
}

/** The part of the score that the engines' loads make: 0 or less. */
function loadScore(loads: readonly EngineLoad[]): (load: EngineLoad) => number {
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  let largestPrompt = leastPromptLength;
  for (const { queuedRequests, promptLength } of loads) {
    least = Math.min(least, queuedRequests);
    most = Math.max(most, queuedRequests);
    largestPrompt = Math.max(largestPrompt, promptLength);
  }
  const spread = Math.max(2, most - least);
  const weight = Math.ceil(spread / 5);
  return ({ queuedRequests, promptLength }) =>
    (-weight * (queuedRequests - least)) / spread - (3 * promptLength) / largestPrompt;
}
