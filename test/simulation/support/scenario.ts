import { SeededRandom } from '#testing';
import { type FaultKind, faultKinds } from './faults.js';
import type { GatewayTraits } from './gateway.js';
import type { Mutation, WorldTraits } from './world.js';

/** What a run is like; it follows from the seed. */
export interface Scenario {
  readonly world: WorldTraits;
  readonly replicas: number;
  readonly goReplicas: number;
  readonly gateways: readonly GatewayTraits[];
  readonly faults: readonly FaultKind[];
  /** Requests that one replica is told of at once, so that snapshots and batches have several parts; mostly none. */
  readonly crowd: number;
  /** How long there are calls and faults. */
  readonly durationMs: number;
  /** Ids are used once, so that what clients did has one meaning. */
  readonly idsAreUnique: boolean;
}

const longExpiryMs = 600_000;

/** Draws a run: its size, its clients, its limits, and which faults it has. */
export function scenarioOf(seed: number, mutation: Mutation): Scenario {
  const random = new SeededRandom(seed, 'scenario');
  const goReplicas = random.chance(0.12) ? 1 : 0;
  const idsAreUnique = !random.chance(0.12);
  // A Go peer tells no ages, and an id that is used again has several: expiry has no one moment there.
  const canExpire = goReplicas === 0 && idsAreUnique;
  const gateway: GatewayTraits = {
    requestsPerSecond: random.pick([1, 2, 4]),
    medianMs: random.pick([100, 500, 2_000]),
    abandonedShare: random.pick([0, 0.05, 0.3]),
    workerDelayMs: random.pick([1, 20, 100]),
    reusedShare: idsAreUnique ? 0 : random.pick([0.05, 0.5]),
  };
  return {
    world: {
      expiryMs: canExpire ? random.pick([6_000, 6_000, 20_000, longExpiryMs]) : longExpiryMs,
      log: {
        maxEvents: random.pick([4, 20, 100, 131_072]),
        maxBytes: random.pick([2_000, 64 * 1024 * 1024]),
      },
      lookupIntervalMs: 5_000,
      bootstrapTimeoutMs: 10_000,
      mutation,
    },
    replicas: 3 - goReplicas + random.below(3),
    goReplicas,
    gateways: Array.from({ length: 1 + random.below(2) }, () => gateway),
    faults: faultKinds.filter((kind) => random.chance(shareOf[kind])),
    crowd: random.chance(0.04) ? 1_500 : 0,
    durationMs: random.pick([12_000, 20_000, 40_000]),
    idsAreUnique,
  };
}

/** How many runs have a kind of fault. */
const shareOf: Readonly<Record<FaultKind, number>> = {
  noise: 0.6,
  partition: 0.4,
  isolation: 0.3,
  crash: 0.25,
  stop: 0.3,
  slow: 0.2,
  directory: 0.3,
  rolling: 0.2,
  resize: 0.2,
};
