import { beforeEach, describe, expect, it } from 'vitest';
import type { EventFeed } from '#replication';
import { chainOf } from '../../../test-support/chain-of.js';
import type { HashChain } from '../../domain/hash-chain.js';
import { ReplicatedPrefixEvents } from './replicated-prefix-events.js';

const chain = chainOf([1n, 2n ** 64n - 1n]);

describe('ReplicatedPrefixEvents', () => {
  let published: unknown[][];
  let isWanted: boolean;
  let events: ReplicatedPrefixEvents;
  beforeEach(() => {
    published = [];
    isWanted = true;
    const feed: Pick<EventFeed, 'isWanted' | 'publish'> = {
      get isWanted() {
        return isWanted;
      },
      publish: (...event) => void published.push(event),
    };
    events = new ReplicatedPrefixEvents(feed);
  });

  it('tells the feed of prefixes, as old as the save', () => {
    events.prefixesSaved('ll"ama', '10.0.0.1', chain, 1_234.5);
    const text = '{"c":"ll\\"ama","e":"10.0.0.1","h":"AQAAAAAAAAD//////////w=="}';
    expect(published).toEqual([['prefix-cache', text, 1_234.5]]);
  });

  it('tells the feed of an engine that was dropped, as long ago as that', () => {
    events.engineDropped('llama', '10.0.0.1', 1_234.5);
    expect(published).toEqual([['prefix-cache', '{"c":"llama","e":"10.0.0.1","d":1}', 1_234.5]]);
  });

  it('makes nothing where nobody is to hear of it', () => {
    isWanted = false;
    const untouchable = new Proxy<HashChain>(chain, {
      get: () => {
        throw new Error('nobody asked');
      },
    });
    events.prefixesSaved('llama', '10.0.0.1', untouchable, 0);
    events.engineDropped('llama', '10.0.0.1', 0);
    expect(published).toEqual([]);
  });
});
