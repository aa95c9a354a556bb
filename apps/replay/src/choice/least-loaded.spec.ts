import { describe, expect, it } from 'vitest';
import type { EngineLoad } from '../engines.js';
import { noneHeld } from '../locations.js';
import { seededRandom } from '../random.js';
import { leastLoaded } from './least-loaded.js';

const request = { arrivalMs: 0, inputTokens: 1, outputTokens: 1 };
const load = (queuedRequests: number, promptLength: number): EngineLoad => ({
  queuedRequests,
  promptLength,
  prefillRequests: 0,
});

function choices(loads: readonly EngineLoad[], seed = 1): number[] {
  const choice = leastLoaded(seededRandom(seed, 'choice'));
  return Array.from({ length: 100 }, () => choice.choose(loads, request, noneHeld));
}

describe('leastLoaded', () => {
  it('takes the engine with the fewest queued requests, whatever its prompt length', () => {
    expect(new Set(choices([load(2, 0), load(1, 9000), load(3, 0)]))).toEqual(new Set([1]));
  });

  it('decides ties by the least prompt length', () => {
    expect(new Set(choices([load(1, 50), load(1, 40), load(2, 0), load(1, 60)]))).toEqual(new Set([1]));
  });

  it('decides what is left by chance, reproducibly', () => {
    const loads = [load(1, 40), load(0, 5), load(0, 5), load(0, 6), load(0, 5)];
    expect(new Set(choices(loads))).toEqual(new Set([1, 2, 4]));
    expect(choices(loads, 3)).toEqual(choices(loads, 3));
    expect(choices(loads, 3)).not.toEqual(choices(loads, 4));
  });
});
