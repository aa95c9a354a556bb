import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { GoReplica } from '#testing';
import { awaitAgreement } from './support/agreement.js';
import { GatewayLoad } from './support/gateway-load.js';
import { TestCluster } from './support/test-cluster.js';
import { until } from './support/until.js';

/** After the last call. */
const limitMs = 3_000;

it('two replicas beside one of the Go service count what gateways tell all three, and a third takes its place', async () => {
  await using cluster = await TestCluster.start({ replicas: 2 });
  const ours = cluster.urls;
  const peers = cluster.replicas.map(({ host, port }) => `${host}:${port}`);
  const place = await cluster.addPlace();
  const go = await GoReplica.start(place.host, place.port);
  try {
    go.setPeers(peers);
    await until(
      'both have found the Go replica',
      async () => (await statesOfThird(cluster)).join() === 'go,go',
    );

    await using load = GatewayLoad.start(cluster.urls);
    await sleep(6_000);
    const before = await load.end();
    const { truth, lastCallMs } = before;
    const { clusters } = load;
    await awaitAgreement({ urls: ours, clusters, truth, sinceMs: lastCallMs, limitMs });
    expect(go.received.length).toBeGreaterThan(100);
    expect(go.lost).toBe(0);

    await go.close();
    await using later = GatewayLoad.start(cluster.urls);
    await place.start();
    await cluster.untilInSync();
    const after = await later.end();
    await awaitAgreement({
      urls: cluster.urls,
      clusters: [...clusters, ...later.clusters],
      truth: new Map([...before.truth, ...after.truth]),
      sinceMs: after.lastCallMs,
      limitMs,
    });
  } finally {
    await go.close();
  }
});

/** How the first two see the third. */
async function statesOfThird({ replicas: [first, second, third] }: TestCluster): Promise<string[]> {
  const address = `${third!.host}:${third!.port}`;
  const statuses = await Promise.all([first!.status(), second!.status()]);
  return statuses.map(({ peers }) => peers.find((peer) => peer.address === address)?.state ?? 'unknown');
}
