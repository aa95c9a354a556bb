import { setTimeout as sleep } from 'node:timers/promises';
import { awaitAgreement } from './agreement.js';
import { GatewayLoad, type LoadEnd } from './gateway-load.js';
import { type ClusterOptions, TestCluster } from './test-cluster.js';

/** What the design promises once faults and calls have ended. */
const agreementLimitMs = 3_000;
/** The same, where a replica crashed and repair has to bring back what it alone knew. */
const repairLimitMs = 10_000;
const calmMs = 1_500;

/** What happened in a test under load. */
export interface Outcome {
  readonly cluster: TestCluster;
  readonly load: LoadEnd;
}

/**
 * Starts a cluster, does something to it while gateways use it, lets it calm down, and sees that all replicas then
 * count the same: what the gateways' own books say, or, where a replica crashed with what it alone knew, at least the
 * same as each other.
 *
 * @param harm resolves when the harm is over
 * @param check looks at the cluster afterwards
 */
export async function harmUnderLoad(
  options: ClusterOptions & { readonly crashes?: boolean },
  harm: (cluster: TestCluster) => Promise<void>,
  check: (outcome: Outcome) => Promise<void> = async () => {},
): Promise<void> {
  await using cluster = await TestCluster.start(options);
  await using load = GatewayLoad.start(cluster.urls);
  await sleep(calmMs);
  await harm(cluster);
  await cluster.untilInSync();
  await sleep(calmMs);
  const end = await load.end();
  const common = { urls: cluster.urls, clusters: load.clusters, sinceMs: end.lastCallMs };
  if (options.crashes === true) await awaitAgreement({ ...common, limitMs: repairLimitMs });
  else await awaitAgreement({ ...common, truth: end.truth, limitMs: agreementLimitMs });
  await check({ cluster, load: end });
}
