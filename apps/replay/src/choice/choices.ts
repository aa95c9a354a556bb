import type { Random } from '../random.js';
import { cacheAware } from './cache-aware.js';
import type { EngineChoice } from './engine-choice.js';
import { leastLoaded } from './least-loaded.js';

/** The policies that a gateway may have, in the order in which they are compared. */
export const choiceNames = ['least-loaded', 'cache-aware'] as const;

export type ChoiceName = (typeof choiceNames)[number];

/** Makes the policy of that name; `random` decides between equal engines. */
export const choiceOf: Readonly<Record<ChoiceName, (random: Random) => EngineChoice>> = {
  'least-loaded': leastLoaded,
  'cache-aware': cacheAware,
};
