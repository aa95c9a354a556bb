import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock, ManualTimers } from '#testing';
import { EventLog } from '../domain/event-log.js';
import { ReplicationTotals } from '../domain/replication-totals.js';
import { ThisReplica } from '../domain/this-replica.js';
import type { OutgoingBatch } from './batch-format.js';
import { EventFeed } from './event-feed.js';
import { Mesh } from './mesh.js';
import { type BatchAnswer, PeerClient, PeerError } from './ports/peer-client.js';
import { ReplicatedStates } from './replicated-states.js';

const listed = [{ host: '10.0.0.9', port: 80 }];

/** The peer's process. */
class Peer extends PeerClient {
  isThere = true;
  /** It waits for a snapshot. */
  isLoading = false;
  applied = 0;
  tries = 0;

  override sendBatch(_peer: string, { first, events }: OutgoingBatch): Promise<BatchAnswer> {
    this.tries++;
    if (!this.isThere) return Promise.reject(new PeerError('connection refused'));
    if (!this.isLoading) this.applied = Math.max(this.applied, first + events.length - 1);
    return Promise.resolve({
      epoch: 'aaaaaaaaaaaaaaaa',
      phase: 'ready',
      outcome: this.isLoading ? 'snapshot' : 'applied',
      applied: this.applied,
    });
  }

  override sendGoCall = () => Promise.resolve(true);
  override fetchSnapshot = () => Promise.resolve('not-ready' as const);
  override fetchDigest = () => Promise.resolve('not-ready' as const);
  override forget = () => {};
}

describe('the flush at the end of a process', () => {
  let timers: ManualTimers;
  let peer: Peer;
  let feed: EventFeed;

  beforeEach(async () => {
    const clock = new ManualClock();
    timers = new ManualTimers(clock);
    peer = new Peer();
    const self = new ThisReplica('0123456789abcdef');
    self.listensAt('10.0.0.1:8080');
    const log = new EventLog({ maxEvents: 100, maxBytes: 1_000_000 });
    const mesh = new Mesh({
      self,
      log,
      states: new ReplicatedStates(),
      client: peer,
      totals: new ReplicationTotals(),
      clock,
      timers,
      random: { next: () => 0.99 },
      journal: { tell: () => {} },
    });
    feed = new EventFeed(log, mesh, clock, timers, true);
    feed.start();
    mesh.discover(listed);
    await timers.advance(0);
  });

  const publish = () => feed.publish('load', '{}', 0);
  /** @returns how the flush ended, and after which time at the latest */
  const flush = async (): Promise<readonly [isFlushed: boolean | undefined, withinMs: number]> => {
    let isFlushed: boolean | undefined;
    void feed.flush(5_000).then((result) => (isFlushed = result));
    for (let passedMs = 0; passedMs < 6_000; passedMs += 50) {
      await timers.advance(passedMs === 0 ? 0 : 50);
      if (isFlushed !== undefined) return [isFlushed, passedMs];
    }
    return [isFlushed, Number.POSITIVE_INFINITY];
  };

  it('sends what is left, and is done', async () => {
    publish();
    expect(await flush()).toEqual([true, 50]);
    expect(peer.applied).toBe(1);
  });

  it('reaches a peer that has come back, though its last calls failed', async () => {
    peer.isThere = false;
    publish();
    await timers.advance(5_000);
    peer.isThere = true;
    expect(await flush()).toEqual([true, 50]);
    expect(peer.applied).toBe(1);
  });

  it('is not over because one call has failed', async () => {
    peer.isThere = false;
    publish();
    await timers.advance(0);
    void timers.advance(60).then(() => (peer.isThere = true));
    expect((await flush())[0]).toBe(true);
    expect(peer.applied).toBe(1);
  });

  it('gives up a peer that fails three times in a row', async () => {
    peer.isThere = false;
    publish();
    await timers.advance(5_000);
    peer.tries = 0;
    expect(await flush()).toEqual([true, 150]);
    expect(peer.tries).toBe(3);
  });

  it('waits for a peer that loads a snapshot, since it may want events again', async () => {
    peer.isLoading = true;
    publish();
    await timers.advance(1_000);
    const flushed = flush();
    peer.isLoading = false;
    expect((await flushed)[0]).toBe(true);
    peer.isLoading = true;
    publish();
    expect(await flush()).toEqual([false, 5_000]);
  });
});
