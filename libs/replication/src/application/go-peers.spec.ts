import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock, ManualTimers, NoState } from '#testing';
import { EventLog } from '../domain/event-log.js';
import { ReplicationTotals } from '../domain/replication-totals.js';
import { ThisReplica } from '../domain/this-replica.js';
import type { OutgoingBatch } from './batch-format.js';
import { Mesh } from './mesh.js';
import { type GoCall, GoWire } from './ports/go-wire.js';
import type { ReplicationNews } from './ports/journal.js';
import { type BatchAnswer, PeerClient, PeerError } from './ports/peer-client.js';
import { ReplicatedStates } from './replicated-states.js';

const address = '10.0.0.9:80';
const listed = [{ host: '10.0.0.9', port: 80 }];

/** The state is the call. */
class PlainWire extends GoWire {
  override readonly kind = 'load';
  override readonly types = [];
  override callsFor = (state: string) => [{ type: 'set', body: state, key: state }];
  override receive = () => false;
}

/** One process at the peer's address, of either kind or of none. */
class Peer extends PeerClient {
  speaks: 'batches' | 'go' | 'nothing' = 'go';
  epoch = 'aaaaaaaaaaaaaaaa';
  applied = 0;
  readonly goCalls: string[] = [];
  /** First sequence and count of every batch that was sent to it, and when. */
  readonly batches: (readonly [first: number, count: number, atMs: number])[] = [];

  constructor(private readonly clock: ManualClock) {
    super();
  }

  override sendBatch(_peer: string, { first, events }: OutgoingBatch): Promise<BatchAnswer | 'unknown-call'> {
    this.batches.push([first, events.length, this.clock.nowMs()]);
    if (this.speaks === 'nothing') return Promise.reject(new PeerError('connection refused'));
    if (this.speaks === 'go') return Promise.resolve('unknown-call');
    if (first > this.applied + 1) return Promise.resolve(this.#answer('gap'));
    this.applied = Math.max(this.applied, first + events.length - 1);
    return Promise.resolve(this.#answer('applied'));
  }

  override sendGoCall(_peer: string, { body }: GoCall): Promise<boolean> {
    if (this.speaks === 'nothing') return Promise.reject(new PeerError('connection refused'));
    this.goCalls.push(body);
    return Promise.resolve(true);
  }

  /** Another process takes the place of this one. */
  replace(speaks: Peer['speaks'], epoch = 'bbbbbbbbbbbbbbbb'): void {
    this.speaks = speaks;
    this.epoch = epoch;
    this.applied = 0;
    this.goCalls.length = 0;
    this.batches.length = 0;
  }

  #answer(outcome: 'applied' | 'gap'): BatchAnswer {
    return { epoch: this.epoch, phase: 'ready', outcome, applied: this.applied };
  }

  override fetchSnapshot = () => Promise.resolve('not-ready' as const);
  override fetchDigest = () => Promise.resolve('not-ready' as const);
  override forget = () => {};
}

describe('a peer of the Go service', () => {
  let clock: ManualClock;
  let timers: ManualTimers;
  let startMs: number;
  let peer: Peer;
  let log: EventLog;
  let totals: ReplicationTotals;
  let news: ReplicationNews[];
  let mesh: Mesh;
  let published: number;

  beforeEach(() => {
    clock = new ManualClock();
    timers = new ManualTimers(clock);
    startMs = clock.nowMs();
    peer = new Peer(clock);
    log = new EventLog({ maxEvents: 100, maxBytes: 1_000_000 });
    totals = new ReplicationTotals();
    news = [];
    published = 0;
    const self = new ThisReplica('0123456789abcdef');
    self.listensAt('10.0.0.1:8080');
    const states = new ReplicatedStates();
    states.add(new NoState('load'), new PlainWire());
    const journal = { tell: (each: ReplicationNews) => void news.push(each) };
    const random = { next: () => 0.5 };
    mesh = new Mesh({ self, log, states, client: peer, totals, clock, timers, random, journal });
  });

  const publish = (count = 1) => {
    for (let i = 0; i < count; i++) {
      const state = `e${++published}`;
      log.append({ kind: 'load', state, sinceMs: clock.nowMs(), loggedMs: clock.nowMs() });
      mesh.wake();
    }
  };
  const events = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => `e${from + i}`);
  /** Beats as the feed does, every 100 ms. */
  const pass = async (ms: number) => {
    await timers.advance(0);
    for (let passed = 0; passed < ms; passed += 100) {
      await timers.advance(Math.min(100, ms - passed));
      mesh.beat();
      await timers.advance(0);
    }
  };
  const feed = () => [...mesh.peers()][0]!.feed;
  const told = (type: ReplicationNews['type']) => news.filter((each) => each.type === type).length;

  it('is known by its answer to the first batch, and gets every event as a call at once', async () => {
    mesh.discover(listed);
    await timers.advance(0);
    expect(feed().state).toBe('go');
    expect(feed().isSettled).toBe(true);
    expect(feed().isReady).toBe(false);
    publish(2);
    expect([feed().lagEvents, feed().isFlushed]).toEqual([2, false]);
    await timers.advance(0);
    expect(peer.goCalls).toEqual(['e1', 'e2']);
    expect([feed().lagEvents, feed().isFlushed]).toEqual([0, true]);
    expect(totals).toMatchObject({ goCallsSent: 2, goCallsDropped: 0, eventsSent: 0 });
    expect(told('peer-speaks-go')).toBe(1);
  });

  it('gets nothing of what was logged before it was found', async () => {
    publish(3);
    mesh.discover(listed);
    await timers.advance(0);
    publish();
    await timers.advance(0);
    expect(peer.goCalls).toEqual(['e4']);
  });

  it('gets what was logged since it was found, however long its first answer took', async () => {
    publish(2);
    peer.speaks = 'nothing';
    mesh.discover(listed);
    publish();
    await pass(3_000);
    expect(feed().state).toBe('unreachable');
    publish();
    peer.speaks = 'go';
    await pass(1_000);
    expect(peer.goCalls).toEqual(['e3', 'e4']);
    expect(totals.goCallsDropped).toBe(0);
  });

  it('is asked every minute whether it speaks batches now, without events', async () => {
    mesh.discover(listed);
    await pass(150_000);
    publish();
    await pass(100);
    expect(peer.batches.map(([, count, atMs]) => [count, Math.round((atMs - startMs) / 10_000)])).toEqual([
      [0, 0],
      [0, 6],
      [0, 12],
    ]);
    expect(peer.goCalls).toEqual(['e1']);
    expect(told('peer-speaks-go')).toBe(1);
  });

  it('that was replaced by a replica of ours gets batches, from where on that asks for them', async () => {
    mesh.discover(listed);
    await pass(1_000);
    publish(3);
    await pass(1_000);
    peer.replace('batches');
    publish();
    await pass(57_000);
    expect(peer.goCalls).toEqual(['e4']);
    expect(feed().state).toBe('go');
    await pass(3_000);
    expect(feed().state).toBe('in_sync');
    expect(peer.applied).toBe(4);
    expect(told('peer-answers')).toBe(1);
    peer.goCalls.length = 0;
    publish();
    await timers.advance(0);
    expect(peer.applied).toBe(5);
    expect(peer.goCalls).toEqual([]);
  });

  it('from whose address a batch comes is asked within the second, and no more often than that', async () => {
    mesh.discover(listed);
    await pass(5_000);
    peer.batches.length = 0;
    for (let i = 0; i < 30; i++) {
      mesh.hear(address);
      await pass(100);
    }
    expect(peer.batches.length).toBeGreaterThanOrEqual(2);
    expect(peer.batches.length).toBeLessThanOrEqual(4);
    peer.replace('batches');
    mesh.hear(address);
    await pass(2_000);
    expect(feed().state).toBe('in_sync');
  });

  it('that takes the place of a replica of ours goes on with what that had not acknowledged', async () => {
    peer.speaks = 'batches';
    mesh.discover(listed);
    publish(3);
    await pass(1_000);
    expect(peer.applied).toBe(3);
    peer.speaks = 'nothing';
    publish(2);
    await pass(1_000);
    peer.replace('go');
    publish();
    await pass(2_000);
    expect(feed().state).toBe('go');
    expect(peer.goCalls).toEqual(events(4, 6));
    expect(feed().epoch).toBeUndefined();
  });

  it('that can not be reached is tried again with back-off, and misses nothing that the log holds', async () => {
    mesh.discover(listed);
    await pass(100);
    peer.speaks = 'nothing';
    publish(5);
    await pass(10_000);
    expect(feed().state).toBe('unreachable');
    expect(feed().isFlushed).toBe(true);
    expect(feed().lastError).toBe('connection refused');
    expect(feed().lagEvents).toBe(5);
    expect(feed().lagMs).toBe(10_000);
    expect(totals.batchesFailed).toBeLessThan(40);
    expect(told('peer-unreachable')).toBe(1);
    peer.speaks = 'go';
    await pass(1_000);
    expect(peer.goCalls).toEqual(events(1, 5));
    expect(feed().state).toBe('go');
    expect(feed().lastError).toBeUndefined();
  });

  it('that is away for longer than the log reaches misses the oldest events, which is counted', async () => {
    mesh.discover(listed);
    await pass(100);
    peer.speaks = 'nothing';
    publish(130);
    await pass(2_000);
    expect(feed().lagEvents).toBe(100);
    peer.speaks = 'go';
    await pass(2_000);
    expect(peer.goCalls).toEqual(events(31, 130));
    expect(totals).toMatchObject({ goCallsSent: 100, goCallsDropped: 30 });
  });

  it('that is not listed any more gets nothing more', async () => {
    mesh.discover(listed);
    await pass(31_000);
    mesh.discover([]);
    publish();
    await pass(1_000);
    expect(peer.goCalls).toEqual([]);
    expect([...mesh.peers()]).toEqual([]);
    expect(timers.waiting).toBe(0);
  });
});
