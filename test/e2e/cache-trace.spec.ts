import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSkipped, traceName, tracePath } from '../support/trace.js';
import { CacheCalls } from './support/cache-calls.js';
import { type Call, call } from './support/call.js';
import { type RunningReplica, startReplica } from './support/replica.js';

const ip = '10.0.0.1';
const mask = 2n ** 64n - 1n;

/** SplitMix64 (Steele, Lea and Flood, 2014): one to one, so that no two ids meet, and nearly all beyond 2^53. */
function hashOf(id: number): bigint {
  let z = ((BigInt(id) + 1n) * 0x9e3779b97f4a7c15n) & mask;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & mask;
  return z ^ (z >> 31n);
}

describe('the cache calls', () => {
  let replica: RunningReplica;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const callOnOneSocket: Call = (method, url, body, headers) => call(method, url, body, headers, agent);
  beforeAll(async () => {
    replica = await startReplica({ METADATA_CENTER_CACHE_BLOCKS_PER_ENGINE: '1000000' });
  });
  afterAll(async () => {
    agent.destroy();
    await replica.close();
  });

  it.skipIf(isSkipped)(
    `find in ${traceName} what one engine that never evicts would have found, to the block`,
    async () => {
      const cache = new CacheCalls(replica.url, callOnOneSocket);
      let blocks = 0;
      let hitBlocks = 0;
      for (const line of readFileSync(tracePath, 'utf8').trimEnd().split('\n')) {
        const { hash_ids: ids } = JSON.parse(line) as { hash_ids: number[] };
        const hashes = ids.map((id) => hashOf(id));
        const [location] = await cache.locations(hashes);
        blocks += hashes.length;
        hitBlocks += location?.length ?? 0;
        expect((await cache.save(ip, hashes)).status).toBe(200);
      }
      // The trace's own figures, see where it comes from.
      expect([hitBlocks, blocks]).toEqual([105_710, 288_500]);
    },
    180_000,
  );
});
