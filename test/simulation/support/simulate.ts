import { keyText, requestKeyOf } from '#load';
import { Books, isSame, isWithin, textOf } from './books.js';
import { unleash } from './faults.js';
import { Fleet } from './fleet.js';
import { Gateway } from './gateway.js';
import { Invariants } from './invariants.js';
import { nothingCounted } from './load-view.js';
import type { SimulatedReplica } from './replica.js';
import { type Scenario, scenarioOf } from './scenario.js';
import { type Mutation, type Trace, World } from './world.js';

/** Where events bring what is missing. */
const feedBoundMs = 3_000;
/** Where repair alone must bring it. */
const repairBoundMs = 10_000;
/**
 * "Between replicas the age travels, never a clock; it can only arrive too small" (design, section 3). By how much: what
 * a call waits for its answer and what its way takes; and where a process was stopped, for as long as that, since what
 * it had been sent waited with it. Repair brings the right age when the request has expired elsewhere.
 */
const skewMs = 2_000;
const longestStopMs = 20_000;
const checkMs = 1_000;
const crowdMs = 3_500;

/** How a run ended. */
export interface RunResult {
  readonly seed: number;
  readonly scenario: Scenario;
  /** What did not hold; empty for a good run. */
  readonly failures: readonly string[];
  /** Within which time of peace all replicas had to agree. */
  readonly boundMs: number;
  /** Whether they had to agree on what clients did. */
  readonly isTruthKnown: boolean;
  /** Clients' calls that were taken. */
  readonly calls: number;
}

export interface RunOptions {
  readonly mutation?: Mutation;
  readonly trace?: Trace | undefined;
}

/** Plays one run, from a seed on which alone it depends, and checks what must hold. */
export async function simulate(seed: number, { mutation = {}, trace }: RunOptions = {}): Promise<RunResult> {
  return new Run(seed, scenarioOf(seed, mutation), trace).play();
}

class Run {
  readonly #world: World;
  readonly #fleet: Fleet;
  readonly #books: Books;
  readonly #invariants: Invariants;
  readonly #failures: string[] = [];
  /** By the text of its key: a request's id, for people. */
  readonly #ids = new Map<string, string>();
  #calls = 0;

  constructor(
    private readonly seed: number,
    private readonly scenario: Scenario,
    trace: Trace | undefined,
  ) {
    this.#world = new World(seed, scenario.world, trace);
    this.#fleet = new Fleet(this.#world);
    this.#books = new Books(scenario.world.expiryMs);
    this.#invariants = new Invariants(this.#world, this.#fleet);
    this.#world.onTaken = (call) => {
      this.#calls++;
      this.#books.note(call, this.#world.time.nowMs);
      if (trace !== undefined) this.#ids.set(keyText(requestKeyOf(call.id)), call.id);
    };
  }

  async play(): Promise<RunResult> {
    const { seed, scenario } = this;
    this.#world.tell('run', () => JSON.stringify({ seed, ...scenario }));
    await this.#turmoil();
    await this.#peace();
    return {
      seed,
      scenario,
      failures: [...this.#failures, ...this.#world.violations],
      boundMs: this.#boundMs,
      isTruthKnown: this.#isTruthKnown,
      calls: this.#calls,
    };
  }

  /**
   * "Within 3 s (10 s where repair alone must bring it)": where a replica is gone whose events not all had, and beside a
   * Go peer, which sends an event twice and then forgets it.
   */
  get #boundMs(): number {
    return this.#fleet.loss === 'nothing' && !this.#fleet.hasGoReplicas ? feedBoundMs : repairBoundMs;
  }

  /** "For ids used once", and "a crash loses at most its unsent events". */
  get #isTruthKnown(): boolean {
    return this.scenario.idsAreUnique && !this.#fleet.hasGoReplicas && this.#fleet.loss !== 'lost';
  }

  /** Calls and faults. */
  async #turmoil(): Promise<void> {
    const { replicas, goReplicas, faults, durationMs } = this.scenario;
    const world = this.#world;
    const fleet = this.#fleet;
    for (let i = 0; i < replicas; i++) fleet.grow();
    for (let i = 0; i < goReplicas; i++) fleet.growGo();
    world.time.after(crowdMs, () => this.#crowd());
    const gateways = this.scenario.gateways.map(
      (traits, i) => new Gateway(world, `gateway-${i + 1}`, traits),
    );
    for (const gateway of gateways) gateway.start();
    unleash(faults, {
      world,
      fleet,
      random: world.random.fork('faults'),
      gateways: gateways.map(({ address }) => address),
      endMs: durationMs,
    });
    for (let atMs = checkMs; atMs <= durationMs; atMs += checkMs) {
      await world.time.runUntil(atMs);
      this.#invariants.check();
    }
    for (const gateway of gateways) gateway.stop();
    world.network.heal();
    fleet.heal();
  }

  /** Many requests at once, and half of them are over as soon. */
  #crowd(): void {
    const replica = this.#fleet
      .running()
      .find(({ self, process }) => self.phase === 'ready' && process.state === 'running');
    for (let i = 0; i < this.scenario.crowd; i++) {
      const id = `crowd-${i}`;
      const record = { timestampNs: BigInt(i + 1), cluster: 'llama', ip: `10.2.0.${i % 8}`, promptLength: 1 };
      replica?.receiveClientCall({ type: 'record', id, record });
      if (i % 2 === 0) replica?.receiveClientCall({ type: 'remove', id });
    }
  }

  /** No faults and no calls: all must become the same, and stay so. */
  async #peace(): Promise<void> {
    const { time, network } = this.#world;
    const peaceMs = Math.max(time.nowMs, network.lastLateMs);
    await time.runUntil(peaceMs);
    // "A rolling restart loses nothing": neither does one beside a directory that fails.
    const { faults } = this.scenario;
    if (faults.every((kind) => kind === 'rolling' || kind === 'directory') && this.#fleet.loss !== 'nothing')
      this.#failures.push(`events are ${this.#fleet.loss} after a rolling restart`);
    this.#world.tell('run', () => `peace; what was lost: ${this.#fleet.loss}`);
    if (this.#boundMs === feedBoundMs) {
      await time.runUntil(peaceMs + feedBoundMs);
      this.#checkAgreement(feedBoundMs);
    }
    await time.runUntil(peaceMs + repairBoundMs);
    for (const { name, self } of this.#fleet.running()) {
      if (self.phase !== 'ready')
        this.#failures.push(`${name} is ${self.phase} after ${repairBoundMs} ms of peace`);
    }
    this.#checkAgreement(repairBoundMs);
    this.#invariants.check();
  }

  /** All ready replicas report the same counts; where the truth is known, these are the true ones. */
  #checkAgreement(afterMs: number): void {
    const ready = this.#fleet.running().filter(({ self }) => self.phase === 'ready');
    for (const replica of ready) replica.collect();
    const reports = ready.map(({ name, view }) => ({ name, counts: view.counts() }));
    const toleranceMs = this.#skewMs(afterMs);
    const undecided = new Set(ready.flatMap(({ view }) => [...view.enginesAboutToForget(toleranceMs)]));
    const bounds = this.#books.bounds(this.#world.time.nowMs, toleranceMs);
    const engines = new Set([...bounds.keys(), ...reports.flatMap(({ counts }) => [...counts.keys()])]);
    for (const engine of engines) {
      const bound = bounds.get(engine) ?? { least: nothingCounted, most: nothingCounted };
      const seen = reports.map(({ counts }) => counts.get(engine) ?? nothingCounted);
      const isEqual = undecided.has(engine) || seen.every((counts) => isSame(counts, seen[0]!));
      const isTrue = !this.#isTruthKnown || seen.every((counts) => isWithin(counts, bound));
      if (isEqual && isTrue) continue;
      const reported = reports.map(({ name }, i) => `${name} ${textOf(seen[i]!)}`).join(', ');
      const truth = this.#isTruthKnown ? `; true is ${textOf(bound.least)} to ${textOf(bound.most)}` : '';
      this.#failures.push(`${engine} after ${afterMs} ms of peace: ${reported}${truth}`);
      this.#explain(engine, ready);
    }
  }

  /** For how long an expiry may be seen here and not there. */
  #skewMs(afterMs: number): number {
    if (!this.scenario.faults.includes('stop')) return skewMs;
    return skewMs + (afterMs < repairBoundMs ? longestStopMs : repairBoundMs);
  }

  /** Tells of the requests that the replicas do not see alike. */
  #explain(engine: string, replicas: readonly SimulatedReplica[]): void {
    const lives = replicas.map(({ name, view }) => ({ name, view, of: view.lives() }));
    for (const key of new Set(lives.flatMap(({ of }) => [...of.keys()]))) {
      const texts = lives.map(({ view, of }) => view.text(of.get(key)));
      const isAlike = new Set(texts.map((text) => text.replace(/\d+ ms/, ''))).size === 1;
      if (isAlike || !texts.some((text) => text.includes(engine))) continue;
      this.#world.tell('differ', () => {
        const views = lives.map(({ name }, i) => `${name}: ${texts[i]}`);
        return `${this.#ids.get(key)} ${views.join('; ')}`;
      });
    }
  }
}
