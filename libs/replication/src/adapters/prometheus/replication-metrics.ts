import type { OnModuleInit } from '@nestjs/common';
import { type MetricSource, type MetricSources, family, sample } from '#platform';
import { peerStates } from '../../application/peer-feed.js';
import type { PeerView, ReplicationStatus, ReportStatus } from '../../application/report-status.js';
import { totalCounters } from '../../application/total-counters.js';
import { peerAddressOf } from '../../domain/peer-address.js';
import { latencyBucketsMs } from '../../domain/replication-totals.js';

const prefix = 'metadata_center_replication';

/** States of what is no peer to be fed, so that it can't lag. */
const unfed: ReadonlySet<PeerView['state']> = new Set(['itself', 'duplicate']);

type Gauge<Of> = readonly [name: string, help: string, valueOf: (of: Of) => number];

const peerGauges: readonly Gauge<PeerView>[] = [
  ['lag_events', 'Events of the log that the peer has not acknowledged', ({ lagEvents }) => lagEvents],
  ['lag_seconds', 'How long the oldest of them has been waiting', ({ lagMs }) => lagMs / 1_000],
];

const logGauges: readonly Gauge<ReplicationStatus>[] = [
  ['log_events', 'Events that the log holds for peers', ({ log }) => log.events],
  ['log_max_events', 'How many it may hold', ({ log }) => log.maxEvents],
  ['log_bytes', 'Memory that the log holds', ({ log }) => log.bytes],
  ['log_max_bytes', 'How much it may hold', ({ log }) => log.maxBytes],
];

/** The replication's metrics, read from its state when Prometheus asks. Their number is bounded as that of peers is. */
export class ReplicationMetrics implements MetricSource, OnModuleInit {
  /** @param lookupDomain the name under which replicas are looked up, where they are */
  constructor(
    private readonly reportStatus: ReportStatus,
    private readonly sources: MetricSources,
    private readonly lookupDomain: string | undefined,
  ) {}

  onModuleInit(): void {
    this.sources.add(this);
  }

  *render(): Iterable<string> {
    const status = this.reportStatus.execute();
    yield latencyLines(status) + this.#hostLines(status);
    yield peerLines(status) + logLines(status) + totalLines(status);
  }

  #hostLines({ directory }: ReplicationStatus): string {
    const name = 'dns_lookup_hosts';
    const head = family(name, 'gauge', 'Hosts of the last answer to the look-up of replicas: 1 for each');
    const domain = this.lookupDomain;
    if (domain === undefined) return head;
    // One host may run several replicas, on ports of their own.
    const hosts = new Set(directory.hosts.map((address) => peerAddressOf(address)?.host ?? address));
    return head + Array.from(hosts, (host) => sample(name, { domain, host }, 1)).join('');
  }
}

function latencyLines({ totals }: ReplicationStatus): string {
  const name = 'replication_latency_ms';
  let text = family(
    name,
    'histogram',
    'Time from the call of a batch’s oldest event to the peer’s acknowledgement',
  );
  let cumulative = 0;
  for (const [i, boundMs] of latencyBucketsMs.entries()) {
    cumulative += totals.latencyCounts[i]!;
    text += sample(`${name}_bucket`, { le: String(boundMs) }, cumulative);
  }
  text += sample(`${name}_bucket`, { le: '+Inf' }, totals.latencyCount);
  text += sample(`${name}_sum`, {}, totals.latencySumMs);
  return text + sample(`${name}_count`, {}, totals.latencyCount);
}

function peerLines({ peers }: ReplicationStatus): string {
  let text = family(`${prefix}_peers`, 'gauge', 'Addresses of other replicas by how they are seen from here');
  for (const state of peerStates) {
    text += sample(`${prefix}_peers`, { state }, peers.filter((peer) => peer.state === state).length);
  }
  const fed = peers.filter(({ state }) => !unfed.has(state));
  for (const [name, help, valueOf] of peerGauges) {
    text += family(`${prefix}_${name}`, 'gauge', help);
    for (const peer of fed) text += sample(`${prefix}_${name}`, { peer: peer.address }, valueOf(peer));
  }
  return text;
}

function logLines(status: ReplicationStatus): string {
  const degraded = `${prefix}_bootstrap_degraded`;
  return [
    ...logGauges.map(([name, help, valueOf]) => single(`${prefix}_${name}`, 'gauge', help, valueOf(status))),
    single(
      degraded,
      'gauge',
      'Whether the replica serves without having learnt all that others could tell: 1, else 0',
      status.isDegraded ? 1 : 0,
    ),
  ].join('');
}

function totalLines({ totals }: ReplicationStatus): string {
  return totalCounters
    .map(([name, help, valueOf]) => single(`${prefix}_${name}_total`, 'counter', help, valueOf(totals)))
    .join('');
}

function single(name: string, type: 'gauge' | 'counter', help: string, value: number): string {
  return family(name, type, help) + sample(name, {}, value);
}
