import type { Progress } from '../domain/peer-cursor.js';
import type { ReceivedCursors } from '../domain/received-cursors.js';
import type { ReplicationTotals } from '../domain/replication-totals.js';
import type { ThisReplica } from '../domain/this-replica.js';
import { type Batch, readBatch } from './batch-format.js';
import type { CloseGap } from './close-gap.js';
import type { MergeEvents } from './merge-events.js';
import type { Mesh } from './mesh.js';
import type { BatchAnswer } from './ports/peer-client.js';
import { WireError } from './ports/replicated-state.js';

/** Another replica sends its events. */
export class ReceiveBatch {
  constructor(
    private readonly self: ThisReplica,
    private readonly mesh: Mesh,
    private readonly cursors: ReceivedCursors,
    private readonly mergeEvents: MergeEvents,
    private readonly closeGap: CloseGap,
    private readonly totals: ReplicationTotals,
  ) {}

  /**
   * Merges all events, or none where one is not what it must be.
   *
   * @param body parsed JSON of whatever shape
   * @throws WireError that names the field and what it must be
   */
  async execute(body: unknown): Promise<BatchAnswer> {
    const batch = await this.#merged(body);
    // Its own: an address of this replica that discovery could not tell apart.
    const isOwn = batch.epoch === this.self.epoch;
    return this.#answer(isOwn ? { outcome: 'applied', applied: batch.first - 1 } : this.#progressOf(batch));
  }

  /** A batch has come that is not even JSON. */
  refuse(): void {
    this.totals.batchesRefused++;
  }

  async #merged(body: unknown): Promise<Batch> {
    try {
      const batch = readBatch(body);
      if (batch.epoch !== this.self.epoch) await this.mergeEvents.execute(batch.events);
      return batch;
    } catch (error) {
      if (error instanceof WireError) this.refuse();
      throw error;
    }
  }

  #progressOf({ origin, epoch, first, oldest, events }: Batch): Progress {
    this.totals.batchesReceived++;
    this.totals.eventsReceived += events.length;
    this.mesh.hear(origin);
    const isStranger = !this.cursors.has(epoch);
    const progress = this.cursors.receive(epoch, origin, { first, oldest, count: events.length });
    if (progress.outcome === 'applied') {
      this.closeGap.onClosed(epoch);
      return progress;
    }
    this.totals.gapsFound++;
    // While this replica loads a snapshot, that will tell from where on the origin must send.
    const isLoading = this.self.phase === 'starting' && isStranger;
    const outcome = isLoading ? 'snapshot' : progress.outcome;
    this.closeGap.onGap(epoch, origin, outcome);
    return { ...progress, outcome };
  }

  #answer(progress: Progress): BatchAnswer {
    return { epoch: this.self.epoch, phase: this.self.phase, ...progress };
  }
}
