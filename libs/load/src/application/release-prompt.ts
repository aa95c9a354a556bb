import type { LoadStats } from '../domain/load-stats.js';
import type { Clock } from './ports/clock.js';
import type { RequestChanges } from './ports/request-changes.js';

/**
 * `released`: the prompt no longer counts (or never will, where its record is still to come); `repeated`: it was
 * released already; `ended`: the request is over.
 */
export type ReleaseOutcome = 'released' | 'repeated' | 'ended';

/** A router has seen a request's first token: its prefill is over. */
export class ReleasePrompt {
  constructor(
    private readonly load: LoadStats,
    private readonly clock: Clock,
    private readonly changes: RequestChanges,
  ) {}

  execute(requestId: string): ReleaseOutcome {
    const result = this.load.release(requestId, this.clock.now());
    if (typeof result === 'string') return result;
    this.changes.publish(requestId, { ...result, record: undefined });
    return 'released';
  }
}
