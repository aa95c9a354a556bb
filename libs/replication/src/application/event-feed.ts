import type { EventLog } from '../domain/event-log.js';
import type { Mesh } from './mesh.js';
import type { Clock } from './ports/clock.js';
import type { Timers } from './ports/timers.js';

const beatMs = 100;
const flushLookMs = 5;

/**
 * Takes the events of this process for all peers. Contexts publish here; nothing on this path waits for a peer, sends
 * or fails.
 */
export class EventFeed {
  #cancelBeat = (): void => {};

  /** @param expectsPeers a directory is configured, so that events are logged before the first peer is found */
  constructor(
    private readonly log: EventLog,
    private readonly mesh: Mesh,
    private readonly clock: Clock,
    private readonly timers: Timers,
    private readonly expectsPeers: boolean,
  ) {}

  /** Whether anybody is to hear of events: a replica alone need not make any. */
  get isWanted(): boolean {
    return this.expectsPeers || this.mesh.hasEverHadPeers;
  }

  /**
   * Logs an event, and tells the peers' feeds.
   *
   * @param state JSON text
   * @param sinceMs since when the state is known anywhere, by this process's monotonic clock
   */
  publish(kind: string, state: string, sinceMs: number): void {
    this.log.append({ kind, state, sinceMs, loggedMs: this.clock.nowMs() });
    this.mesh.wake();
  }

  /** Begins to show idle peers that this replica is there. */
  start(): void {
    this.#cancelBeat = this.timers.after(beatMs, () => {
      this.mesh.beat();
      this.start();
    });
  }

  /**
   * Waits until every peer that can be reached has all events. One that could not be is tried once more.
   *
   * @returns whether that came in time
   */
  async flush(timeoutMs: number): Promise<boolean> {
    const deadlineMs = this.clock.nowMs() + timeoutMs;
    this.mesh.hurry();
    while (![...this.mesh.peers()].every(({ feed }) => feed.isFlushed)) {
      if (this.clock.nowMs() >= deadlineMs) return false;
      await this.timers.sleep(flushLookMs);
    }
    return true;
  }

  stop(): void {
    this.#cancelBeat();
    this.mesh.stop();
  }
}
