import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '#testing';
import { GcPolicy } from '../domain/gc-policy.js';
import type { Life } from '../domain/inference-request.js';
import { LoadStats } from '../domain/load-stats.js';
import { CollectGarbage } from './collect-garbage.js';
import { RequestChanges } from './ports/request-changes.js';
import { QueryLoad } from './query-load.js';
import { RecordRequest } from './record-request.js';
import { ReleasePrompt } from './release-prompt.js';
import { RemoveRequest } from './remove-request.js';

class HeardChanges extends RequestChanges {
  readonly heard: [requestId: string, life: Life][] = [];

  override publish(requestId: string, life: Life): void {
    this.heard.push([requestId, life]);
  }
}

const record = { timestampNs: 7n, cluster: 'llama', ip: '10.0.0.1', promptLength: 512 };
const limits = { maxRequests: 1, maxEngines: 1, maxClusters: 1, maxTombstones: 10 };

describe('the use cases', () => {
  const clock = new ManualClock();
  let load: LoadStats;
  let changes: HeardChanges;
  let recordRequest: RecordRequest;
  let releasePrompt: ReleasePrompt;
  let removeRequest: RemoveRequest;
  beforeEach(() => {
    load = new LoadStats(new GcPolicy(600_000), limits);
    changes = new HeardChanges();
    recordRequest = new RecordRequest(load, clock, changes);
    releasePrompt = new ReleasePrompt(load, clock, changes);
    removeRequest = new RemoveRequest(load, clock, changes);
  });

  it('tell each change once, in order, as the state that follows, with the record that it brought', () => {
    expect(recordRequest.execute('r', record)).toBe('recorded');
    expect(releasePrompt.execute('r')).toBe('released');
    expect(removeRequest.execute('r')).toBe('removed');
    const life = { generation: 1, record: undefined, startedMs: clock.now().monotonicMs };
    expect(changes.heard).toEqual([
      ['r', { ...life, record, released: false, removed: false }],
      ['r', { ...life, released: true, removed: false }],
      ['r', { ...life, released: true, removed: true }],
    ]);
  });

  it('tell of a request whose removal came first, too', () => {
    expect(removeRequest.execute('r')).toBe('removed');
    expect(recordRequest.execute('r', record)).toBe('recorded');
    expect(changes.heard.map(([, life]) => [life.record !== undefined, life.removed])).toEqual([
      [false, true],
      [true, true],
    ]);
  });

  it('tell nothing of what changes nothing', () => {
    recordRequest.execute('r', record);
    releasePrompt.execute('r');
    changes.heard.length = 0;
    expect(recordRequest.execute('r', record)).toBe('repeated');
    expect(recordRequest.execute('r', { ...record, promptLength: 1 })).toBe('conflict');
    expect(recordRequest.execute('s', record)).toBe('requests-full');
    expect(releasePrompt.execute('r')).toBe('repeated');
    expect(changes.heard).toEqual([]);
    removeRequest.execute('r');
    changes.heard.length = 0;
    expect(releasePrompt.execute('r')).toBe('ended');
    expect(removeRequest.execute('r')).toBe('ended');
    expect(changes.heard).toEqual([]);
  });

  it('answer the load of a cluster, and collect what the clock says is due', () => {
    const queryLoad = new QueryLoad(load);
    const collectGarbage = new CollectGarbage(load, clock);
    recordRequest.execute('r', record);
    expect([...queryLoad.execute('llama')!.engines()]).toMatchObject([{ ip: '10.0.0.1', queuedCount: 1 }]);
    expect(queryLoad.execute('nobody')).toBeUndefined();
    expect(collectGarbage.execute()).toBe(false);
    clock.advance(600_000);
    expect(collectGarbage.execute()).toBe(false);
    expect([...queryLoad.execute('llama')!.engines()]).toMatchObject([{ queuedCount: 0 }]);
  });
});
