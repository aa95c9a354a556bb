import {
  Clock,
  CollectGarbage,
  GcPolicy,
  type Life,
  LoadGoWire,
  LoadStats,
  type Moment,
  RecordRequest,
  ReleasePrompt,
  RemoveRequest,
  ReplicatedChanges,
  ReplicatedLoad,
  keyText,
  readChange,
  requestKeyOf,
} from '#load';
import {
  type Batch,
  type BatchAnswer,
  BootstrapReplica,
  CloseGap,
  EventFeed,
  EventLog,
  FollowDirectory,
  Journal,
  LoadSnapshot,
  MergeEvents,
  Mesh,
  ReceiveBatch,
  ReceiveGoEvent,
  ReceivedCursors,
  RecallHints,
  RepairDivergence,
  ReplicatedStates,
  Replication,
  type ReplicationNews,
  ReplicationTotals,
  ServeSnapshot,
  TakeDigest,
  ThisReplica,
  addressText,
  peerAddressOf,
} from '#replication';
import { type SeededRandom, SimulatedDirectory, SimulatedPeerClient, type SimulatedProcess } from '#testing';
import type { ClientAnswer, ClientCall } from './client-calls.js';
import { LoadView } from './load-view.js';
import { ClockOrderedLoad, CursorsReadLast, NoRepair } from './mutants.js';
import { type ReplicaServer, type World, limits } from './world.js';

const gcIntervalMs = 1_000;
const flushTimeoutMs = 5_000;

/** One process of the service: its real domain and application code, on simulated ports. */
export class SimulatedReplica {
  readonly process: SimulatedProcess;
  readonly self: ThisReplica;
  readonly log: EventLog;
  readonly load: LoadStats;
  readonly cursors = new ReceivedCursors();
  readonly totals = new ReplicationTotals();
  readonly directory: SimulatedDirectory;
  readonly view: LoadView;
  /** All events of this process, in their sequence. */
  readonly told: ToldEvent[] = [];
  readonly #clock: Clock;
  readonly #replication: Replication;
  readonly #collectGarbage: CollectGarbage;
  readonly #recordRequest: RecordRequest;
  readonly #releasePrompt: ReleasePrompt;
  readonly #removeRequest: RemoveRequest;

  /** @param name tells this process from those that ran at its address before */
  constructor(
    private readonly world: World,
    readonly address: string,
    readonly name: string,
  ) {
    const { mutation, expiryMs, log: logLimits, lookupIntervalMs, bootstrapTimeoutMs } = world.traits;
    const chance = world.random.fork(`replica ${name}`);
    this.process = world.process(name);
    this.#clock = new ProcessMoments(this.process);
    this.self = new ThisReplica(epochOf(chance));
    this.log = new EventLog(logLimits);
    const { self, log, cursors, totals } = this;
    const { clock, timers } = this.process;
    const random = chance.fork('port');
    const journal = new TracingJournal(world, name);

    const Load = mutation.livesAreOrderedByClocks ? ClockOrderedLoad : LoadStats;
    this.load = new Load(new GcPolicy(expiryMs, mutation.tombstoneMs), limits);
    this.view = new LoadView(this.load, () => clock.nowMs());
    const states = new ReplicatedStates();
    states.add(new ReplicatedLoad(this.load, this.#clock), new LoadGoWire(this.load, this.#clock));

    const client = new SimulatedPeerClient(world.network, world.time, this);
    const mesh = new Mesh({ self, log, states, client, totals, clock, timers, random, journal });
    const feed = new EventFeed(log, mesh, clock, timers, true);
    const changes = new ReplicatedChanges({
      isWanted: feed.isWanted,
      publish: (kind, state, sinceMs) => {
        this.#note(state, sinceMs);
        feed.publish(kind, state, sinceMs);
      },
    });
    this.#recordRequest = new RecordRequest(this.load, this.#clock, changes);
    this.#releasePrompt = new ReleasePrompt(this.load, this.#clock, changes);
    this.#removeRequest = new RemoveRequest(this.load, this.#clock, changes);
    this.#collectGarbage = new CollectGarbage(this.load, this.#clock);

    const mergeEvents = new MergeEvents(states, totals, clock, timers);
    const loadSnapshot = new LoadSnapshot(client, cursors, mergeEvents, totals, clock, journal);
    const closeGap = new CloseGap(self, mesh, loadSnapshot, clock);
    const receiveBatch = new ReceiveBatch(self, mesh, cursors, mergeEvents, closeGap, totals);
    const receiveGoEvent = new ReceiveGoEvent(states, totals);
    const realSnapshot = new ServeSnapshot(self, log, cursors, states, totals, clock, timers);
    const serveSnapshot = mutation.snapshotCursorsAreReadLast
      ? new CursorsReadLast(realSnapshot)
      : realSnapshot;
    const takeDigest = new TakeDigest(states, clock, timers);
    const Repair = mutation.repairIsOff ? NoRepair : RepairDivergence;
    const repair = new Repair(
      self,
      mesh,
      client,
      takeDigest,
      loadSnapshot,
      totals,
      clock,
      timers,
      random,
      journal,
    );
    this.directory = new SimulatedDirectory(this.process, chance.fork('directory'), () =>
      world.addresses.map((address) => peerAddressOf(address)!),
    );
    const follow = new FollowDirectory(this.directory, lookupIntervalMs, mesh, totals, timers, journal);
    const bootstrap = new BootstrapReplica(
      follow,
      mesh,
      loadSnapshot,
      closeGap,
      clock,
      timers,
      random,
      bootstrapTimeoutMs,
    );
    const recallHints = new RecallHints(
      self,
      states,
      mesh,
      client,
      mergeEvents,
      totals,
      clock,
      timers,
      random,
      journal,
    );
    this.#replication = new Replication(self, follow, feed, bootstrap, repair, recallHints);

    const server: ReplicaServer = {
      receiveBatch: async (body) => {
        const answer = await receiveBatch.execute(body);
        world.tell(name, () => batchNote(body as Batch, answer));
        return answer;
      },
      serveSnapshot: (selection) => serveSnapshot.execute(selection),
      takeDigest: (request) =>
        self.phase === 'ready'
          ? takeDigest
              .execute(request)
              .then(({ digest, youngerThanMs }) => ({ youngerThanMs, digest: digest.toText() }))
          : 'not-ready',
      receiveGoCall: (type, body) => receiveGoEvent.execute(type, body) === 'received',
      receiveClientCall: (call) => this.receiveClientCall(call),
    };
    world.network.attach(address, { process: this.process, server });
  }

  /** Joins the others. */
  start(): void {
    this.world.tell(this.name, () => `starts with epoch ${this.self.epoch}`);
    // Which addresses are its own it can't always tell; the epoch decides last.
    const knowsItself = this.world.random.fork(`self ${this.name}`).chance(0.8);
    void this.#replication
      .join(this.address, (address) => knowsItself && addressText(address) === this.address)
      .then((outcome) => this.world.tell(this.name, () => `${this.self.phase}: ${outcome}`));
    this.#collectRegularly();
  }

  /** Dies with all that it had not told. */
  crash(): void {
    this.world.tell(this.name, () => 'crashes');
    this.#end();
  }

  /** Goes in peace. @returns whether others have all that it took */
  async leave(): Promise<boolean> {
    this.world.tell(this.name, () => 'drains');
    this.#replication.drain();
    await this.process.timers.sleep(100);
    // Its port is closed when the last calls have been answered.
    this.world.network.detach(this.address);
    const isFlushed = await this.#replication.leave(flushTimeoutMs);
    this.world.tell(this.name, () => `ends, ${isFlushed ? 'flushed' : 'not flushed'}`);
    this.#end();
    return isFlushed;
  }

  /** Drops what is due. */
  readonly collect = (): void => {
    while (this.#collectGarbage.execute());
  };

  /** A gateway's call. */
  receiveClientCall(call: ClientCall): ClientAnswer {
    const { world, name } = this;
    if (this.self.phase !== 'ready') return 'not-ready';
    const outcome = this.#execute(call);
    world.tell(name, () => `client: ${call.type} ${call.id}: ${outcome}`);
    if (outcome === 'conflict') return 'refused';
    world.onTaken(call);
    return 'taken';
  }

  #note(state: string, sinceMs: number): void {
    const { requestId, change } = readChange(state);
    const key = keyText(requestKeyOf(requestId));
    this.told.push({ key, life: { ...change, startedMs: sinceMs } });
    this.world.noteSign(key, this.world.time.nowMs - (this.process.clock.nowMs() - sinceMs));
  }

  #execute(call: ClientCall): string {
    if (call.type === 'record') return this.#recordRequest.execute(call.id, call.record);
    return (call.type === 'release' ? this.#releasePrompt : this.#removeRequest).execute(call.id);
  }

  #collectRegularly(): void {
    this.collect();
    this.process.after(gcIntervalMs, () => this.#collectRegularly());
  }

  #end(): void {
    this.process.kill();
  }
}

/** An event as its origin tells it. */
export interface ToldEvent {
  readonly key: string;
  readonly life: Life;
}

/** Both clocks of a process, as the load reads them. */
class ProcessMoments extends Clock {
  constructor(private readonly process: SimulatedProcess) {
    super();
  }

  override now(): Moment {
    return this.process.now();
  }
}

class TracingJournal extends Journal {
  constructor(
    private readonly world: World,
    private readonly name: string,
  ) {
    super();
  }

  override tell(news: ReplicationNews): void {
    this.world.tell(this.name, () => JSON.stringify(news));
  }
}

function batchNote({ origin, first, oldest, events }: Batch, { outcome, applied }: BatchAnswer): string {
  const held = events.map(({ state, ageMs }) => `${(state as { id: string }).id} ${ageMs} ms`).join(', ');
  return `from ${origin}: ${first}… of ${oldest}… [${held}]: ${outcome} ${applied}`;
}

function epochOf(random: SeededRandom): string {
  return Array.from({ length: 16 }, () => random.below(16).toString(16)).join('');
}
