import { describe, expect, it } from 'vitest';
import { ReplicationTotals } from '../../../domain/replication-totals.js';
import { ReplicaStatusDto } from './replica-status.dto.js';

/** A status as it goes over the wire. */
function sent(totals = new ReplicationTotals()): Record<string, unknown> {
  const dto = new ReplicaStatusDto({
    epoch: '00000000000000aa',
    address: '10.0.0.1:8080',
    phase: 'starting',
    isDegraded: true,
    log: { oldest: 3, next: 8, events: 5, bytes: 700, maxEvents: 1_000, maxBytes: 10_000 },
    directory: { hosts: ['10.0.0.2:8080'], lastError: 'SERVFAIL' },
    peers: [
      {
        address: '10.0.0.2:8080',
        epoch: undefined,
        state: 'unreachable',
        source: 'greeting',
        lagEvents: 5,
        lagMs: 12.6,
        lastError: 'connection refused',
      },
    ],
    received: new Map([
      ['00000000000000bb', { applied: 7, origin: '10.0.0.2:8080' }],
      ['00000000000000cc', { applied: 9, origin: '' }],
    ]),
    totals,
  });
  return JSON.parse(JSON.stringify(dto)) as Record<string, unknown>;
}

describe('ReplicaStatusDto', () => {
  it('says all of a status, with null for what is not known', () => {
    const { totals: _, ...fields } = sent();
    expect(fields).toEqual({
      epoch: '00000000000000aa',
      address: '10.0.0.1:8080',
      state: 'starting',
      degraded: true,
      log: { first: 3, next: 8, events: 5, bytes: 700, max_events: 1_000, max_bytes: 10_000 },
      directory: { hosts: ['10.0.0.2:8080'], failed_lookups: 0, last_error: 'SERVFAIL' },
      peers: [
        {
          address: '10.0.0.2:8080',
          epoch: null,
          state: 'unreachable',
          source: 'greeting',
          lag_events: 5,
          lag_ms: 13,
          last_error: 'connection refused',
        },
      ],
      received: [
        { epoch: '00000000000000bb', origin: '10.0.0.2:8080', applied: 7 },
        { epoch: '00000000000000cc', origin: null, applied: 9 },
      ],
      latency: { count: 0, sum_ms: 0 },
    });
  });

  it('has the totals, those of the directory and of the latency too', () => {
    const totals = new ReplicationTotals();
    Object.assign(totals, { eventsSkipped: 4, failedLookups: 6, gapsFound: 2 });
    totals.observeLatency(1.23456);
    expect(sent(totals)).toMatchObject({
      directory: { failed_lookups: 6 },
      latency: { count: 1, sum_ms: 1.235 },
      totals: { events_skipped: 4, failed_lookups: 6, gaps: 2, batches_sent: 0 },
    });
  });
});
