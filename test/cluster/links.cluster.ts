import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Fault } from './support/link-faults.js';
import type { TestCluster } from './support/test-cluster.js';
import { harmUnderLoad } from './support/under-load.js';

const proxied = { replicas: 3, isProxied: true };

/** The sum of one of the totals over all replicas. */
async function totalOf({ replicas }: TestCluster, name: string): Promise<number> {
  const statuses = await Promise.all(replicas.map((replica) => replica.status()));
  return statuses.reduce((sum, { totals }) => sum + totals[name]!, 0);
}

async function everywhere({ faults, hosts }: TestCluster, fault: Fault, ms: number): Promise<void> {
  faults.set(hosts, hosts, fault);
  await sleep(ms);
  faults.clear();
}

async function leaveFirstAlone(
  { faults, hosts: [alone, ...others] }: TestCluster,
  ms: number,
): Promise<void> {
  faults.set([alone!], others, { kind: 'hole', of: 'both' });
  faults.set(others, [alone!], { kind: 'hole', of: 'both' });
  await sleep(ms);
  faults.clear();
}

describe('replicas agree after links between them', () => {
  it.each<[string, Fault]>([
    ['broke one in five connections', { kind: 'reset', oneIn: 5 }],
    ['cut off every answer once the request was applied', { kind: 'cut-answers' }],
    ['delayed everything beyond the time-out', { kind: 'delay', delayMs: 700 }],
    ['swallowed everything', { kind: 'hole', of: 'both' }],
  ])('%s', (_, fault) =>
    harmUnderLoad(
      proxied,
      (cluster) => everywhere(cluster, fault, 6_000),
      async ({ cluster }) => expect(await totalOf(cluster, 'batches_failed')).toBeGreaterThan(5),
    ),
  );

  it('were slow', () =>
    harmUnderLoad(proxied, (cluster) => everywhere(cluster, { kind: 'delay', delayMs: 150 }, 6_000)));

  it.each(['requests', 'answers'] as const)('swallowed the %s of one to another', (of) =>
    harmUnderLoad(
      proxied,
      async ({ faults, hosts: [first, second] }) => {
        faults.set([first!], [second!], { kind: 'hole', of });
        await sleep(6_000);
        faults.clear();
      },
      async ({ cluster: { replicas } }) =>
        expect((await replicas[0]!.status()).totals['batches_failed']).toBeGreaterThan(2),
    ),
  );

  it('left one replica alone for 20 s, which went on serving its clients', async () => {
    let snapshots = 0;
    await harmUnderLoad(
      proxied,
      async (cluster) => {
        snapshots = await totalOf(cluster, 'snapshots_loaded');
        await leaveFirstAlone(cluster, 20_000);
      },
      async ({ cluster }) => {
        expect(await totalOf(cluster, 'batches_failed')).toBeGreaterThan(10);
        expect(await totalOf(cluster, 'snapshots_loaded'), 'the log has it all').toBe(snapshots);
      },
    );
  });

  it('left one replica alone for longer than the log lasts: a snapshot brings what the log has no more', async () => {
    let snapshots = 0;
    await harmUnderLoad(
      { ...proxied, environment: { METADATA_CENTER_REPLICATION_LOG_EVENTS: '1000' } },
      async (cluster) => {
        snapshots = await totalOf(cluster, 'snapshots_loaded');
        await leaveFirstAlone(cluster, 15_000);
      },
      async ({ cluster }) => expect(await totalOf(cluster, 'snapshots_loaded')).toBeGreaterThan(snapshots),
    );
  });
});
