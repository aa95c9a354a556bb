import { ApiProperty } from '@nestjs/swagger';
import { totalCounters } from '../../../application/total-counters.js';
import type { ReplicationTotals } from '../../../domain/replication-totals.js';

/** What has happened since the start, by the names that the metrics have. */
export type Totals = Readonly<Record<string, number>>;

export function totalsOf(totals: ReplicationTotals): Totals {
  return Object.fromEntries(totalCounters.map(([name, , valueOf]) => [name, valueOf(totals)]));
}

/** Documents {@link Totals}, each by the words of its metric. */
export function TotalsProperty(): PropertyDecorator {
  const properties = totalCounters.map(([name, description]) => [name, { type: 'integer', description }]);
  return ApiProperty({
    type: 'object',
    additionalProperties: false,
    description: 'What has happened since the start',
    required: totalCounters.map(([name]) => name),
    properties: Object.fromEntries(properties),
  });
}
