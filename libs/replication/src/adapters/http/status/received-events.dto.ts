import { ApiProperty } from '@nestjs/swagger';
import type { ReceivedCursor } from '../../../domain/received-cursors.js';

/** How far this replica has the events of another process; processes that ended are remembered, too. */
export class ReceivedEventsDto {
  @ApiProperty({ description: 'Of the process' })
  readonly epoch: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Where it listens, host:port; null where only a snapshot has told of it',
  })
  readonly origin: string | null;

  @ApiProperty({ type: 'integer', description: 'All events up to this sequence are merged' })
  readonly applied: number;

  constructor(epoch: string, { origin, applied }: ReceivedCursor) {
    this.epoch = epoch;
    this.origin = origin === '' ? null : origin;
    this.applied = applied;
  }
}
