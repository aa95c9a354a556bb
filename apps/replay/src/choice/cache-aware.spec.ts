import { describe, expect, it } from 'vitest';
import type { EngineLoad } from '../engines.js';
import { noneHeld, type HeldBlocks } from '../locations.js';
import { seededRandom } from '../random.js';
import { cacheAware } from './cache-aware.js';

const request = { arrivalMs: 0, inputTokens: 1, outputTokens: 1, hashIds: new Uint32Array(100) };
const load = (queuedRequests: number, promptLength = 0): EngineLoad => ({
  queuedRequests,
  promptLength,
  prefillRequests: 0,
});

function choices(loads: readonly EngineLoad[], held: HeldBlocks = noneHeld, seed = 1): number[] {
  const choice = cacheAware(seededRandom(seed, 'choice'));
  return Array.from({ length: 100 }, () => choice.choose(loads, request, held));
}
const chosen = (loads: readonly EngineLoad[], held?: HeldBlocks): Set<number> =>
  new Set(choices(loads, held));

describe('cacheAware', () => {
  it('takes the engine that holds most where loads are equal', () => {
    const held = new Map([
      [1, 60],
      [2, 61],
    ]);
    expect(chosen([load(3), load(3), load(3)], held)).toEqual(new Set([2]));
  });

  // The least queued holds nothing; the other one holds so many of 100 blocks.
  it.each([
    // d = 2: one more request costs 1/2, a whole block list is worth 2.
    [1, 24, 0],
    [1, 26, 1],
    // d = 5: the most queued pays 1.
    [5, 49, 0],
    [5, 51, 1],
    // d = 6: weight 2, so the most queued pays 2, and even a whole hit only draws level.
    [6, 99, 0],
    // d = 11: it pays 3.
    [11, 100, 0],
  ])('weighs %i more queued requests against %i held blocks', (queued, held, engine) => {
    expect(chosen([load(4), load(4 + queued)], new Map([[1, held]]))).toEqual(new Set([engine]));
  });

  it('weighs prompts against the largest, or against 1,024 where all are short', () => {
    const third = new Map([[1, 34]]);
    expect(chosen([load(1), load(1, 200)], third)).toEqual(new Set([1])); // 0.68 - 3 · 200 / 1024 > 0
    expect(chosen([load(1), load(1, 300)], third)).toEqual(new Set([0])); // 0.68 - 3 · 300 / 1024 < 0
    expect(chosen([load(1, 2000), load(1, 8000), load(1, 8000)], new Map([[1, 100]]))).toEqual(new Set([0]));
    expect(chosen([load(1, 6000), load(1, 8000), load(1, 8000)], new Map([[1, 100]]))).toEqual(new Set([1]));
  });

  it('goes by the load alone for a request without prefixes', () => {
    const { hashIds: _, ...bare } = request;
    const choice = cacheAware(seededRandom(1, 'choice'));
    expect(choice.choose([load(2), load(1), load(1, 9)], bare, noneHeld)).toBe(1);
  });

  it('decides what is left by chance, reproducibly', () => {
    const loads = [load(1), load(0), load(0), load(0, 6), load(0)];
    expect(chosen(loads)).toEqual(new Set([1, 2, 4]));
    expect(choices(loads, noneHeld, 3)).toEqual(choices(loads, noneHeld, 3));
    expect(choices(loads, noneHeld, 3)).not.toEqual(choices(loads, noneHeld, 4));
  });
});
