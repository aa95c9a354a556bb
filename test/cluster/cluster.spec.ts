import { describe, expect, it } from 'vitest';
import { LoadCalls } from '../e2e/support/load-calls.js';
import { TestCluster } from './support/test-cluster.js';
import { until } from './support/until.js';

describe('three replicas', () => {
  it('know what one of them is told, and teach one that was killed', { timeout: 120_000 }, async () => {
    await using cluster = await TestCluster.start({ replicas: 3 });
    const [first, second, third] = cluster.replicas.map(({ url }) => new LoadCalls(url));
    const counts = (): Promise<unknown> =>
      Promise.all([first!, second!, third!].map((replica) => replica.counts('c')));

    await first!.record({ request_id: 'a', prompt_length: 100 });
    await second!.record({ request_id: 'b', prompt_length: 20 });
    await third!.release({ request_id: 'a' });
    await until('all count the same', async () => isAll(await counts(), [2, 1, 20]));

    await cluster.replicas[1]!.kill();
    await third!.remove({ request_id: 'a' });
    await first!.record({ request_id: 'd', prompt_length: 3 });
    await cluster.replicas[1]!.start();
    expect(await second!.counts('c')).toEqual([2, 2, 23]);

    await second!.remove({ request_id: 'b' });
    await until('all count the same', async () => isAll(await counts(), [1, 1, 3]));
    await cluster.untilInSync();
  });
});

function isAll(counts: unknown, wanted: readonly number[]): boolean {
  return JSON.stringify(counts) === JSON.stringify([wanted, wanted, wanted]);
}
