import type { PrefixIndex } from '../domain/prefix-index.js';
import type { Clock } from './ports/clock.js';
import type { PrefixEvents } from './ports/prefix-events.js';

/** An engine has restarted: its cache is empty. */
export class DropEngine {
  constructor(
    private readonly index: PrefixIndex,
    private readonly clock: Clock,
    private readonly events: PrefixEvents,
  ) {}

  /** The others are told even where nothing is known here: they may know more. */
  execute(cluster: string, ip: string): void {
    const nowMs = this.clock.nowMs();
    this.index.drop(cluster, ip, nowMs);
    this.events.engineDropped(cluster, ip, nowMs);
  }
}
