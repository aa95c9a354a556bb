import type { RequestRecord } from '../domain/inference-request.js';
import type { ReachedLimit } from '../domain/load-limits.js';
import type { LoadStats } from '../domain/load-stats.js';
import type { Clock } from './ports/clock.js';
import type { RequestChanges } from './ports/request-changes.js';

/**
 * `recorded`: it counts now (or its removal came first, and it never will); `repeated`: known already, nothing
 * changed; `conflict`: in flight with another cluster, engine or prompt length; else the limit that refused it.
 */
export type RecordOutcome = 'recorded' | 'repeated' | 'conflict' | ReachedLimit;

/** A router sends an inference request to an engine. */
export class RecordRequest {
  constructor(
    private readonly load: LoadStats,
    private readonly clock: Clock,
    private readonly changes: RequestChanges,
  ) {}

  execute(requestId: string, record: RequestRecord): RecordOutcome {
    const result = this.load.record(requestId, record, this.clock.now());
    if (typeof result === 'string') return result;
    this.changes.publish(requestId, result);
    return 'recorded';
  }
}
