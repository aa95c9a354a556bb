import { SimulatedGoReplica } from './go-replica.js';
import { isIncluded } from './load-view.js';
import { SimulatedReplica } from './replica.js';
import { type World, addressOf } from './world.js';

/** What was lost with replicas that are gone. `orphaned`: some others have it, and only repair brings it to the rest. */
export type Loss = 'nothing' | 'orphaned' | 'lost';

/** The replicas of a run, and what becomes of them. */
export class Fleet {
  /** By address: the process that runs there, if one does. */
  readonly #replicas = new Map<string, SimulatedReplica>();
  readonly #byEpoch = new Map<string, SimulatedReplica>();
  readonly #leaving = new Set<SimulatedReplica>();
  readonly #goReplicas: SimulatedGoReplica[] = [];
  readonly #names = new Map<string, number>();
  #places = 0;
  #loss: Loss = 'nothing';

  constructor(private readonly world: World) {}

  /** The worst that has happened. */
  get loss(): Loss {
    return this.#loss;
  }

  /** A process is about to end in peace: what is lost with it is not known yet. */
  get isAnyLeaving(): boolean {
    return [...this.#leaving].some(({ process }) => process.state !== 'dead');
  }

  get hasGoReplicas(): boolean {
    return this.#goReplicas.length > 0;
  }

  running(): SimulatedReplica[] {
    return [...this.#replicas.values()].filter(({ process }) => process.state !== 'dead');
  }

  /** A replica at a new address, from now on in the directory. */
  grow(): void {
    const address = addressOf(this.#places++);
    this.world.addresses.push(address);
    this.startAt(address);
  }

  growGo(): void {
    const address = addressOf(this.#places++);
    this.world.addresses.push(address);
    this.#goReplicas.push(new SimulatedGoReplica(this.world, address));
  }

  at(address: string): SimulatedReplica | undefined {
    const replica = this.#replicas.get(address);
    return replica?.process.state === 'dead' ? undefined : replica;
  }

  /** Whoever has, or had, this epoch. */
  processOf(epoch: string): SimulatedReplica | undefined {
    return this.#byEpoch.get(epoch);
  }

  /** Starts a process at an address where none runs. */
  startAt(address: string): void {
    if (this.at(address) !== undefined || !this.world.addresses.includes(address)) return;
    const count = (this.#names.get(address) ?? 0) + 1;
    this.#names.set(address, count);
    const replica = new SimulatedReplica(
      this.world,
      address,
      `${address.split(/[.:]/)[3]}${'abcdefghijklmnopqrstuvwxyz'[count % 26]}`,
    );
    this.#replicas.set(address, replica);
    this.#byEpoch.set(replica.self.epoch, replica);
    replica.start();
  }

  crash(address: string): void {
    const replica = this.at(address);
    if (replica === undefined) return;
    replica.crash();
    this.#note(replica);
  }

  /** Ends a process in peace. @param isForGood it leaves the directory, too */
  async leave(address: string, isForGood: boolean): Promise<void> {
    const replica = this.at(address);
    if (replica === undefined) return;
    if (isForGood) this.world.addresses.splice(this.world.addresses.indexOf(address), 1);
    this.#leaving.add(replica);
    await replica.leave();
    this.#note(replica);
  }

  /** All run, and all directories are right. */
  heal(): void {
    for (const { process, directory } of this.running()) {
      process.continue();
      directory.mood = 'sound';
    }
    for (const { process } of this.#goReplicas) process.continue();
    for (const address of this.world.addresses) {
      if (!this.#goReplicas.some((go) => go.address === address)) this.startAt(address);
    }
  }

  /** What has gone with a replica? */
  #note(gone: SimulatedReplica): void {
    const others = this.running();
    const { epoch } = gone.self;
    const isToldToAll = others.every(({ cursors }) => cursors.appliedOf(epoch) >= gone.log.next - 1);
    if (!isToldToAll && this.#loss === 'nothing') this.#loss = 'orphaned';
    const known = others.map((other) => other.view.lives());
    for (const [key, life] of gone.view.lives()) {
      if (!known.some((lives) => isIncluded(life, lives.get(key)))) this.#loss = 'lost';
    }
    this.world.tell(gone.name, () => `is gone; with all before it: ${this.#loss}`);
  }
}
