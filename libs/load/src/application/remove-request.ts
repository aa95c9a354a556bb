import type { LoadStats } from '../domain/load-stats.js';
import type { Clock } from './ports/clock.js';
import type { RequestChanges } from './ports/request-changes.js';

/** `removed`: nothing of it counts (or ever will, where its record is still to come); `ended`: it was over already. */
export type RemoveOutcome = 'removed' | 'ended';

/** A router has seen the end of a request. */
export class RemoveRequest {
  constructor(
    private readonly load: LoadStats,
    private readonly clock: Clock,
    private readonly changes: RequestChanges,
  ) {}

  execute(requestId: string): RemoveOutcome {
    const result = this.load.remove(requestId, this.clock.now());
    if (typeof result === 'string') return result;
    this.changes.publish(requestId, { ...result, record: undefined });
    return 'removed';
  }
}
