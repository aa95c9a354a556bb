import { ApiProperty } from '@nestjs/swagger';
import type { ReplicationTotals } from '../../../domain/replication-totals.js';

/** How long events took to peers; `/metrics` has the distribution. */
export class LatencyDto {
  @ApiProperty({ type: 'integer', description: 'Batches that were measured' })
  readonly count: number;

  @ApiProperty({ description: 'Sum of their latencies, in ms' })
  readonly sum_ms: number;

  constructor({ latencyCount, latencySumMs }: ReplicationTotals) {
    this.count = latencyCount;
    this.sum_ms = Math.round(latencySumMs * 1_000) / 1_000;
  }
}
