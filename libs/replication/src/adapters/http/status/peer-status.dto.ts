import { ApiProperty } from '@nestjs/swagger';
import { type PeerState, peerStates } from '../../../application/peer-feed.js';
import type { PeerView } from '../../../application/report-status.js';

/** Another replica, as it is seen from this one. */
export class PeerStatusDto {
  @ApiProperty({ description: 'Where it is reached, host:port' })
  readonly address: string;

  @ApiProperty({ type: String, nullable: true, description: 'Of the process that answers there' })
  readonly epoch: string | null;

  @ApiProperty({
    enum: peerStates,
    description:
      'connecting: it has not answered yet; in_sync; behind: it has been lacking an event for over a second, or loads a snapshot; unreachable: the last call failed; go: it speaks the Go service’s wire; itself: an address of this replica; duplicate: a second address of a peer',
  })
  readonly state: PeerState;

  @ApiProperty({
    enum: ['directory', 'greeting'],
    description: 'Whether the look-up lists it, or it is known by its own batches',
  })
  readonly source: PeerView['source'];

  @ApiProperty({ type: 'integer', description: 'Events of the log that it has not acknowledged' })
  readonly lag_events: number;

  @ApiProperty({ type: 'integer', description: 'How long the oldest of them has been waiting, in ms' })
  readonly lag_ms: number;

  @ApiProperty({ type: String, nullable: true, description: 'Why the last call failed, if it did' })
  readonly last_error: string | null;

  constructor({ address, epoch, state, source, lagEvents, lagMs, lastError }: PeerView) {
    this.address = address;
    this.epoch = epoch ?? null;
    this.state = state;
    this.source = source;
    this.lag_events = lagEvents;
    this.lag_ms = Math.round(lagMs);
    this.last_error = lastError ?? null;
  }
}
