import type { LoadLimits } from '#load';
import { type LogLimits, addressText } from '#replication';
import {
  type PeerServer,
  type ProcessTraits,
  SeededRandom,
  SimulatedNetwork,
  SimulatedProcess,
  SimulatedTime,
} from '#testing';
import type { ClientAnswer, ClientCall } from './client-calls.js';

/** What a replica serves: to other replicas, and to gateways. */
export interface ReplicaServer extends PeerServer {
  receiveClientCall(call: ClientCall): ClientAnswer;
}

/** What is changed about the service, to see whether the simulation notices. */
export interface Mutation {
  readonly repairIsOff?: boolean;
  readonly tombstoneMs?: number;
  readonly livesAreOrderedByClocks?: boolean;
  readonly snapshotCursorsAreReadLast?: boolean;
}

/** What holds for all replicas of a run. */
export interface WorldTraits {
  readonly expiryMs: number;
  readonly log: LogLimits;
  readonly lookupIntervalMs: number;
  readonly bootstrapTimeoutMs: number;
  readonly mutation: Mutation;
}

/** Hears what happens, for people. */
export type Trace = (atMs: number, who: string, text: string) => void;

const port = 8080;
export const limits: LoadLimits = {
  maxRequests: 1_000_000,
  maxEngines: 100_000,
  maxClusters: 10_000,
  maxTombstones: 8_388_608,
};
/** 2026-01-01, in ms. */
export const worldBeginsMs = Date.UTC(2026, 0, 1);
const hourMs = 3_600_000;

/** All that the parts of one run share. */
export class World {
  readonly random: SeededRandom;
  readonly time = new SimulatedTime();
  readonly network: SimulatedNetwork<ReplicaServer>;
  readonly #firstSignMs = new Map<string, number>();
  /** Where replicas of the service are meant to be, whether or not they run. */
  readonly addresses: string[] = [];
  /** What must never happen, and did. */
  readonly violations: string[] = [];
  /** Hears of every call that a replica took. */
  onTaken: (call: ClientCall) => void = () => {};

  constructor(
    seed: number,
    readonly traits: WorldTraits,
    private readonly trace: Trace | undefined,
  ) {
    this.random = new SeededRandom(seed, 'world');
    this.network = new SimulatedNetwork(this.time, this.random.fork('network'));
  }

  /** @param text made only where somebody listens */
  tell(who: string, text: () => string): void {
    this.trace?.(this.time.nowMs, who, text());
  }

  violate(text: string): void {
    this.violations.push(`${this.time.nowMs.toFixed(1)} ms: ${text}`);
    this.tell('!', () => text);
  }

  /** A sign of a request, by the text of its key: it is as old as its first sign on any replica. */
  noteSign(key: string, atMs: number): void {
    this.#firstSignMs.set(key, Math.min(atMs, this.#firstSignMs.get(key) ?? atMs));
  }

  ageMs(key: string): number {
    return this.time.nowMs - this.#firstSignMs.get(key)!;
  }

  /** A process with clocks of its own. */
  process(name: string): SimulatedProcess {
    const random = this.random.fork(`process ${name}`);
    const traits: ProcessTraits = {
      monotonicOffsetMs: random.between(1_000, 1e9),
      wallClockMs: worldBeginsMs + random.between(-2, 2) * hourMs,
      turnMs: random.pick([0.05, 1, 10, 50]),
    };
    return new SimulatedProcess(this.time, random, traits);
  }
}

/** The n-th place for a replica. */
export function addressOf(index: number): string {
  return addressText({ host: `10.0.0.${index + 1}`, port });
}
