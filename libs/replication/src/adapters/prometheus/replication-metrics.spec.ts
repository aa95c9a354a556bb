import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { MetricSources } from '#platform';
import type { PeerState } from '../../application/peer-feed.js';
import { type PeerView, ReportStatus, type ReplicationStatus } from '../../application/report-status.js';
import { ReplicationTotals } from '../../domain/replication-totals.js';
import { ReplicationMetrics } from './replication-metrics.js';

function statusOf(fields: Partial<ReplicationStatus> = {}): ReplicationStatus {
  return {
    epoch: '00000000000000aa',
    address: '10.0.0.1:8080',
    phase: 'ready',
    isDegraded: false,
    log: { oldest: 3, next: 8, events: 5, bytes: 700, maxEvents: 1_000, maxBytes: 10_000 },
    directory: { hosts: [], lastError: undefined },
    peers: [],
    received: new Map(),
    totals: new ReplicationTotals(),
    ...fields,
  };
}

function peer(address: string, state: PeerState, lagEvents = 0, lagMs = 0): PeerView {
  return { address, state, lagEvents, lagMs, epoch: undefined, source: 'directory', lastError: undefined };
}

/** The samples whose name begins so. */
function samples(status: ReplicationStatus, name: string, domain?: string): string[] {
  const report = Object.assign(Object.create(ReportStatus.prototype) as ReportStatus, {
    execute: () => status,
  });
  const metrics = new ReplicationMetrics(report, new MetricSources(new Registry()), domain);
  const lines = [...metrics.render()].join('').split('\n');
  return lines.filter((line) => line.startsWith(name));
}

describe('ReplicationMetrics', () => {
  it('counts peers by state, those that there are none of too', () => {
    const peers = [peer('a:1', 'in_sync'), peer('b:1', 'in_sync'), peer('c:1', 'go'), peer('d:1', 'itself')];
    expect(samples(statusOf({ peers }), 'metadata_center_replication_peers{')).toEqual([
      'metadata_center_replication_peers{state="connecting"} 0',
      'metadata_center_replication_peers{state="in_sync"} 2',
      'metadata_center_replication_peers{state="behind"} 0',
      'metadata_center_replication_peers{state="unreachable"} 0',
      'metadata_center_replication_peers{state="go"} 1',
      'metadata_center_replication_peers{state="itself"} 1',
      'metadata_center_replication_peers{state="duplicate"} 0',
    ]);
  });

  it('shows how far each peer lags that is to be fed', () => {
    const peers = [
      peer('10.0.0.2:8080', 'behind', 12, 1_500),
      peer('[::1]:8080', 'go', 1, 2),
      peer('10.0.0.1:8080', 'itself'),
      peer('peer:8080', 'duplicate'),
    ];
    expect(samples(statusOf({ peers }), 'metadata_center_replication_lag')).toEqual([
      'metadata_center_replication_lag_events{peer="10.0.0.2:8080"} 12',
      'metadata_center_replication_lag_events{peer="[::1]:8080"} 1',
      'metadata_center_replication_lag_seconds{peer="10.0.0.2:8080"} 1.5',
      'metadata_center_replication_lag_seconds{peer="[::1]:8080"} 0.002',
    ]);
  });

  it('shows what the log holds and may hold, and a start that learnt too little', () => {
    expect(samples(statusOf(), 'metadata_center_replication_log')).toEqual([
      'metadata_center_replication_log_events 5',
      'metadata_center_replication_log_max_events 1000',
      'metadata_center_replication_log_bytes 700',
      'metadata_center_replication_log_max_bytes 10000',
    ]);
    const degraded = 'metadata_center_replication_bootstrap_degraded';
    expect(samples(statusOf(), degraded)).toEqual([`${degraded} 0`]);
    expect(samples(statusOf({ isDegraded: true }), degraded)).toEqual([`${degraded} 1`]);
  });

  it('makes a cumulative histogram of the latencies', () => {
    const totals = new ReplicationTotals();
    for (const latencyMs of [0.5, 3, 3, 500]) totals.observeLatency(latencyMs);
    expect(samples(statusOf({ totals }), 'replication_latency_ms')).toEqual([
      'replication_latency_ms_bucket{le="1"} 1',
      'replication_latency_ms_bucket{le="2"} 1',
      'replication_latency_ms_bucket{le="4"} 3',
      'replication_latency_ms_bucket{le="8"} 3',
      'replication_latency_ms_bucket{le="16"} 3',
      'replication_latency_ms_bucket{le="32"} 3',
      'replication_latency_ms_bucket{le="64"} 3',
      'replication_latency_ms_bucket{le="128"} 3',
      'replication_latency_ms_bucket{le="+Inf"} 4',
      'replication_latency_ms_sum 506.5',
      'replication_latency_ms_count 4',
    ]);
  });

  it('lists the hosts of the last look-up without their ports, each once', () => {
    const directory = { hosts: ['10.0.0.1:8080', '10.0.0.1:8081', '[::1]:8080'], lastError: undefined };
    expect(samples(statusOf({ directory }), 'dns_lookup_hosts', 'peers.svc')).toEqual([
      'dns_lookup_hosts{domain="peers.svc",host="10.0.0.1"} 1',
      'dns_lookup_hosts{domain="peers.svc",host="::1"} 1',
    ]);
    expect(samples(statusOf({ directory }), 'dns_lookup_hosts')).toEqual([]);
  });

  it('has a counter for every total', () => {
    const totals = new ReplicationTotals();
    const names = Object.entries(totals).filter(([, value]) => value === 0 && typeof value === 'number');
    for (const [i, [name]] of names.entries()) Object.assign(totals, { [name]: i + 1 });
    const counters = samples(statusOf({ totals }), 'metadata_center_replication_').filter((line) =>
      line.includes('_total '),
    );
    const values = counters.map((line) => Number(line.split(' ')[1]));
    // All but the sum of latencies, which the histogram shows.
    expect(values.sort((a, b) => a - b)).toEqual(names.slice(0, -1).map((_, i) => i + 1));
  });
});
