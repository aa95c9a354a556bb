import type { LinkTraits, SeededRandom } from '#testing';
import type { Fleet } from './fleet.js';
import type { World } from './world.js';

/** Kinds of faults, of which a run has some. */
export type FaultKind =
  'noise' | 'partition' | 'isolation' | 'crash' | 'stop' | 'slow' | 'directory' | 'rolling' | 'resize';

export const faultKinds: readonly FaultKind[] = [
  'noise',
  'partition',
  'isolation',
  'crash',
  'stop',
  'slow',
  'directory',
  'rolling',
  'resize',
];

/** Where faults happen, and until when. */
export interface Stage {
  readonly world: World;
  readonly fleet: Fleet;
  readonly random: SeededRandom;
  readonly gateways: readonly string[];
  readonly endMs: number;
}

/** Lets faults of the given kinds happen, one after another and at once, until the stage's end. */
export function unleash(kinds: readonly FaultKind[], stage: Stage): void {
  for (const kind of kinds) repeat(kind, stage);
}

function repeat(kind: FaultKind, stage: Stage): void {
  const { world, random, endMs } = stage;
  const delayMs = kind === 'noise' ? 0 : random.between(0, endMs / 3);
  world.time.after(delayMs, () => {
    if (world.time.nowMs >= endMs) return;
    faults[kind](stage);
    if (kind !== 'noise' && kind !== 'rolling') repeat(kind, stage);
  });
}

const faults: Readonly<Record<FaultKind, (stage: Stage) => void>> = {
  noise({ world, random }) {
    const noise: LinkTraits = {
      minDelayMs: 0.1,
      maxDelayMs: random.pick([2, 30, 150]),
      lossRate: random.pick([0, 0.01, 0.1]),
      duplicateRate: random.pick([0, 0.01, 0.1]),
      lateRate: random.pick([0, 0.01, 0.05]),
      maxLateMs: random.pick([500, 3_000, 20_000]),
    };
    world.network.traits = noise;
    world.tell('fault', () => `noise ${JSON.stringify(noise)}`);
  },

  partition(stage) {
    const { world, random } = stage;
    if (world.addresses.length < 2) return;
    const from = random.pick(world.addresses);
    const to = random.pick([...world.addresses.filter((address) => address !== from), ...stage.gateways]);
    const pairs = random.chance(0.5)
      ? [[from, to]]
      : [
          [from, to],
          [to, from],
        ];
    block(stage, pairs as [string, string][], random.pick([300, 3_000, 30_000]));
  },

  isolation(stage) {
    const { world, random } = stage;
    const victim = random.pick(world.addresses);
    const others = world.addresses.filter((address) => address !== victim);
    const isOneWay = random.chance(0.4);
    const isOutwards = random.chance(0.5);
    const pairs = others.flatMap((other): [string, string][] => {
      if (!isOneWay)
        return [
          [victim, other],
          [other, victim],
        ];
      return isOutwards ? [[victim, other]] : [[other, victim]];
    });
    block(stage, pairs, random.pick([1_000, 5_000, 30_000]));
  },

  crash({ world, fleet, random, endMs }) {
    const victim = random.pick(world.addresses);
    if (fleet.at(victim) === undefined) return;
    fleet.crash(victim);
    const backMs = Math.min(
      world.time.nowMs + random.pick([50, 1_000, 10_000]) * random.between(0.5, 1.5),
      endMs,
    );
    world.time.after(backMs - world.time.nowMs, () => fleet.startAt(victim));
  },

  stop({ world, fleet, random }) {
    const victim = fleet.at(random.pick(world.addresses));
    if (victim === undefined) return;
    const forMs = random.pick([500, 5_000, 20_000]) * random.between(0.5, 1);
    world.tell('fault', () => `${victim.name} is stopped for ${Math.round(forMs)} ms`);
    victim.process.stop();
    world.time.after(forMs, () => {
      world.tell('fault', () => `${victim.name} goes on`);
      victim.process.continue();
    });
  },

  slow({ world, random }) {
    const victim = random.pick(world.addresses);
    const traits = { ...world.network.traits, minDelayMs: 20, maxDelayMs: random.pick([100, 400, 900]) };
    world.tell('fault', () => `${victim} is slow, ${traits.maxDelayMs} ms`);
    for (const other of world.addresses) {
      world.network.shape(victim, other, traits);
      world.network.shape(other, victim, traits);
    }
  },

  directory({ world, fleet, random }) {
    const victim = fleet.at(random.pick(world.addresses));
    if (victim === undefined) return;
    victim.directory.mood = random.pick(['sound', 'failing', 'empty', 'stale']);
    world.tell('fault', () => `the directory of ${victim.name} is ${victim.directory.mood}`);
  },

  rolling(stage) {
    void roll(stage);
  },

  resize({ world, fleet, random }) {
    if (world.addresses.length < 5 && random.chance(0.6)) fleet.grow();
    else if (world.addresses.length > 3) void fleet.leave(random.pick(world.addresses), true);
  },
};

/** Restarts all replicas, one after the other, as orchestrators do: the next when the last is ready. */
async function roll({ world, fleet, random, endMs }: Stage): Promise<void> {
  const addresses = [...world.addresses];
  for (const address of addresses) {
    if (world.time.nowMs > endMs - 8_000) return;
    await fleet.leave(address, false);
    await pause(world, random.between(10, 1_000));
    fleet.startAt(address);
    while (fleet.at(address)?.self.phase === 'starting' && world.time.nowMs < endMs) await pause(world, 100);
  }
}

function block({ world }: Stage, pairs: readonly [from: string, to: string][], mostMs: number): void {
  const forMs = world.random.between(0.3, 1) * mostMs;
  world.tell(
    'fault',
    () => `blocked for ${Math.round(forMs)} ms: ${pairs.map((pair) => pair.join('>')).join(' ')}`,
  );
  for (const [from, to] of pairs) world.network.block(from, to);
  world.time.after(forMs, () => {
    for (const [from, to] of pairs) world.network.unblock(from, to);
  });
}

function pause(world: World, ms: number): Promise<void> {
  return new Promise((resolve) => world.time.after(ms, resolve));
}
