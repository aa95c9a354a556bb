import { beforeEach, describe, expect, it } from 'vitest';
import { NoState } from '#testing';
import { EventLog } from '../domain/event-log.js';
import { ReplicationTotals } from '../domain/replication-totals.js';
import { GoDelivery } from './go-delivery.js';
import { type GoCall, GoWire } from './ports/go-wire.js';
import { PeerClient, PeerError } from './ports/peer-client.js';
import { ReplicatedStates } from './replicated-states.js';

/** An event `r-1 set release` is two calls for the request `r-1`. */
class WordWire extends GoWire {
  override readonly kind = 'load';
  override readonly types = [];
  override receive = () => false;

  override callsFor(state: string): readonly GoCall[] {
    const [key, ...types] = state.split(' ');
    return types.map((type) => ({ type, key: key!, body: state }));
  }
}

type Answer = 'taken' | 'refused' | 'lost';

/** Answers calls when it is told to, so that a test sees which are under way. */
class SlowPeer extends PeerClient {
  readonly underWay: { readonly name: string; readonly end: (answer: Answer) => void }[] = [];
  readonly sent: string[] = [];

  override sendGoCall(_peer: string, { key, type }: GoCall): Promise<boolean> {
    const name = `${key} ${type}`;
    this.sent.push(name);
    return new Promise((resolve, reject) => {
      const end = (answer: Answer): void => {
        if (answer === 'lost') reject(new PeerError('no answer within 1000 ms'));
        else resolve(answer === 'taken');
      };
      this.underWay.push({ name, end });
    });
  }

  /** Answers all that is under way, and what follows from that, until nothing is. */
  async answerAll(answer: (name: string) => Answer = () => 'taken'): Promise<void> {
    for (let call = this.underWay.shift(); call !== undefined; call = this.underWay.shift()) {
      call.end(answer(call.name));
      await settled();
    }
  }

  override sendBatch = () => Promise.resolve('unknown-call' as const);
  override fetchSnapshot = () => Promise.resolve('not-ready' as const);
  override fetchDigest = () => Promise.resolve('not-ready' as const);
  override forget = () => {};
}

const settled = () => new Promise<void>((resolve) => void setImmediate(resolve));

describe('GoDelivery', () => {
  let peer: SlowPeer;
  let log: EventLog;
  let totals: ReplicationTotals;
  let delivery: GoDelivery;
  let nowMs: number;
  beforeEach(() => {
    peer = new SlowPeer();
    log = new EventLog({ maxEvents: 1_000, maxBytes: 1_000_000 });
    totals = new ReplicationTotals();
    nowMs = 0;
    const states = new ReplicatedStates();
    states.add(new NoState('load'), new WordWire());
    delivery = new GoDelivery('10.0.0.9:80', { log, states, client: peer, totals });
  });

  const publish = (...states: string[]) => {
    for (const state of states) log.append({ kind: 'load', state, sinceMs: nowMs, loggedMs: nowMs++ });
  };
  const deliver = async (answer?: (name: string) => Answer) => {
    const delivered = delivery.deliver().then(
      () => 'delivered',
      (error: unknown) => (error as Error).message,
    );
    await settled();
    await peer.answerAll(answer);
    return delivered;
  };

  it('sends the calls of one request one after the other, those of others beside them', async () => {
    publish('a set release', 'b set', 'a remove');
    const delivered = delivery.deliver();
    await settled();
    expect(peer.sent).toEqual(['a set', 'b set']);
    peer.underWay.shift()!.end('taken');
    await settled();
    expect(peer.sent).toEqual(['a set', 'b set', 'a release']);
    await peer.answerAll();
    await delivered;
    expect(peer.sent).toEqual(['a set', 'b set', 'a release', 'a remove']);
    expect(totals).toMatchObject({ goCallsSent: 4, goCallsDropped: 0 });
    expect(delivery.lagEvents).toBe(0);
  });

  it('has at most 32 calls under way, the oldest requests first', async () => {
    const ids = Array.from({ length: 100 }, (_, i) => `r${i}`);
    publish(...ids.map((id) => `${id} set`));
    const delivered = delivery.deliver();
    await settled();
    expect(peer.sent).toEqual(ids.slice(0, 32).map((id) => `${id} set`));
    await peer.answerAll();
    await delivered;
    expect(peer.sent).toEqual(ids.map((id) => `${id} set`));
  });

  it('takes 256 events at a time, and keeps the order of a request from one time to the next', async () => {
    publish(...Array.from({ length: 300 }, (_, i) => `r${i % 2} ${i}`));
    expect(await deliver()).toBe('delivered');
    expect(delivery.lagEvents).toBe(44);
    expect(delivery.laggingSinceMs).toBe(256);
    expect(await deliver()).toBe('delivered');
    expect(delivery.lagEvents).toBe(0);
    expect(delivery.laggingSinceMs).toBeUndefined();
    const ofFirst = peer.sent.filter((name) => name.startsWith('r0')).map((name) => Number(name.slice(3)));
    expect(ofFirst).toEqual(Array.from({ length: 150 }, (_, i) => 2 * i));
  });

  it('sends a call that is refused once more, then gives it up and goes on', async () => {
    publish('a set', 'a remove', 'b set');
    expect(await deliver((name) => (name === 'a set' ? 'refused' : 'taken'))).toBe('delivered');
    expect(peer.sent).toEqual(['a set', 'b set', 'a set', 'a remove']);
    expect(totals).toMatchObject({ goCallsSent: 2, goCallsDropped: 1 });
    expect(await deliver()).toBe('delivered');
    expect(peer.sent).toHaveLength(4);
  });

  it('goes on after a failure with what the peer has not taken, and with nothing else', async () => {
    publish('a set', 'b set', 'a remove', 'c set');
    expect(await deliver((name) => (name === 'a remove' || name === 'b set' ? 'lost' : 'taken'))).toBe(
      'no answer within 1000 ms',
    );
    expect(peer.sent).toEqual(['a set', 'b set', 'c set', 'a remove']);
    expect(delivery.lagEvents).toBe(4);
    publish('b remove');
    peer.sent.length = 0;
    expect(await deliver()).toBe('delivered');
    expect(peer.sent).toEqual(['a remove', 'b set']);
    expect(await deliver()).toBe('delivered');
    expect(peer.sent).toEqual(['a remove', 'b set', 'b remove']);
    expect(delivery.lagEvents).toBe(0);
    expect(totals).toMatchObject({ goCallsSent: 5, goCallsDropped: 0 });
  });

  it('tries each worker once where the peer is dead', async () => {
    publish(...Array.from({ length: 200 }, (_, i) => `r${i} set`));
    expect(await deliver(() => 'lost')).toBe('no answer within 1000 ms');
    expect(peer.sent).toHaveLength(32);
    expect(await deliver()).toBe('delivered');
    expect(totals).toMatchObject({ goCallsSent: 200, goCallsDropped: 0 });
  });

  it('begins with what is logged after it was made, or where it is told to', async () => {
    log = new EventLog({ maxEvents: 10, maxBytes: 1_000_000 });
    publish('a set', 'b set');
    const states = new ReplicatedStates();
    states.add(new NoState('load'), new WordWire());
    delivery = new GoDelivery('10.0.0.9:80', { log, states, client: peer, totals });
    publish('c set');
    expect(delivery.lagEvents).toBe(1);
    await deliver();
    expect(peer.sent).toEqual(['c set']);
    delivery.startAt(2);
    await deliver();
    expect(peer.sent).toEqual(['c set', 'b set', 'c set']);
  });

  it('loses what falls out of the log, and counts it', async () => {
    publish('a set');
    expect(await deliver(() => 'lost')).toBe('no answer within 1000 ms');
    publish(...Array.from({ length: 1_003 }, (_, i) => `r${i} set`));
    expect(delivery.lagEvents).toBe(1_000);
    peer.sent.length = 0;
    await deliver();
    expect(peer.sent[0]).toBe('r3 set');
    expect(totals.goCallsDropped).toBe(4);
    expect(delivery.lagEvents).toBe(1_000 - 256);
  });

  it('keeps what it has taken from the log until all of that has fallen out', async () => {
    publish('a set', 'b set release');
    expect(await deliver((name) => (name === 'a set' ? 'taken' : 'lost'))).toBe('no answer within 1000 ms');
    publish(...Array.from({ length: 999 }, (_, i) => `r${i} set`));
    expect(log.oldest).toBe(2);
    expect(await deliver(() => 'lost')).toBe('no answer within 1000 ms');
    expect(totals.goCallsDropped).toBe(0);
    publish('z set');
    peer.sent.length = 0;
    await deliver();
    expect(peer.sent[0]).toBe('r0 set');
    expect(totals.goCallsDropped).toBe(2);
  });

  it('tells the peer nothing of events that the Go service does not know', async () => {
    log.append({ kind: 'cache', state: 'x set', sinceMs: 0, loggedMs: 0 });
    publish('a');
    expect(await deliver()).toBe('delivered');
    expect(peer.sent).toEqual([]);
    expect(delivery.lagEvents).toBe(0);
  });
});
