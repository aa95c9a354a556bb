import { beforeEach, describe, expect, it } from 'vitest';
import type { EventFeed } from '#replication';
import type { Life } from '../../domain/inference-request.js';
import { ReplicatedChanges } from './replicated-changes.js';

const change: Life = {
  generation: 2,
  record: { timestampNs: -5n, cluster: 'll"ama', ip: '10.0.0.1', promptLength: 512 },
  released: true,
  removed: false,
  startedMs: 1_234.5,
};

describe('ReplicatedChanges', () => {
  let published: unknown[][];
  let isWanted: boolean;
  let changes: ReplicatedChanges;
  beforeEach(() => {
    published = [];
    isWanted = true;
    const feed = {
      get isWanted() {
        return isWanted;
      },
      publish: (...event: unknown[]) => published.push(event),
    };
    changes = new ReplicatedChanges(feed as unknown as EventFeed);
  });

  it('tells the feed of a change, as old as the life', () => {
    changes.publish('r-1 "é"', change);
    const text = '{"id":"r-1 \\"é\\"","g":2,"f":1,"r":["-5","ll\\"ama","10.0.0.1",512]}';
    expect(published).toEqual([['load', text, 1_234.5]]);
  });

  it('makes nothing where nobody is to hear of it', () => {
    isWanted = false;
    const untouchable = new Proxy(change, {
      get: () => {
        throw new Error('nobody asked');
      },
    });
    changes.publish('r-1', untouchable);
    expect(published).toEqual([]);
  });
});
