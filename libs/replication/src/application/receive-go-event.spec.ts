import { beforeEach, describe, expect, it } from 'vitest';
import { NoState } from '#testing';
import { ReplicationTotals } from '../domain/replication-totals.js';
import { GoWire } from './ports/go-wire.js';
import { WireError } from './ports/replicated-state.js';
import { ReceiveGoEvent } from './receive-go-event.js';
import { ReplicatedStates } from './replicated-states.js';

class HeardEvents extends GoWire {
  readonly heard: unknown[] = [];

  constructor(
    override readonly kind: string,
    override readonly types: readonly string[],
  ) {
    super();
  }

  override callsFor = () => [];

  override receive(type: string, body: unknown): boolean {
    if (!this.types.includes(type)) return false;
    if (body === 'bad') throw new WireError('the body must be good');
    this.heard.push([type, body]);
    return true;
  }
}

describe('ReceiveGoEvent', () => {
  let load: HeardEvents;
  let cache: HeardEvents;
  let totals: ReplicationTotals;
  let receiveGoEvent: ReceiveGoEvent;
  beforeEach(() => {
    load = new HeardEvents('load', ['load.set', 'load.delete']);
    cache = new HeardEvents('cache', ['cache.save']);
    totals = new ReplicationTotals();
    const states = new ReplicatedStates();
    states.add(new NoState('load'), load);
    states.add(new NoState('cache'), cache);
    states.add(new NoState('silent'));
    receiveGoEvent = new ReceiveGoEvent(states, totals);
  });

  it('gives an event to the context that knows its type, and counts it', () => {
    expect(receiveGoEvent.execute('load.delete', { request_id: 'a' })).toBe('received');
    expect(receiveGoEvent.execute('cache.save', 7)).toBe('received');
    expect(load.heard).toEqual([['load.delete', { request_id: 'a' }]]);
    expect(cache.heard).toEqual([['cache.save', 7]]);
    expect(totals).toMatchObject({ goCallsReceived: 2, goCallsRefused: 0 });
  });

  it.each([undefined, '', 'load', 'load.set, load.set'])('does not know the type %s', (type) => {
    expect(receiveGoEvent.execute(type, {})).toBe('unknown-type');
    expect(totals).toMatchObject({ goCallsReceived: 0, goCallsRefused: 1 });
  });

  it('refuses a body that is not what it must be, and counts it', () => {
    expect(() => receiveGoEvent.execute('load.set', 'bad')).toThrow(new WireError('the body must be good'));
    expect(totals).toMatchObject({ goCallsReceived: 0, goCallsRefused: 1 });
  });

  it('lists the types of all contexts', () => {
    expect(receiveGoEvent.types).toEqual(['load.set', 'load.delete', 'cache.save']);
  });
});
