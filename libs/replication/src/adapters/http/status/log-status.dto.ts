import { ApiProperty } from '@nestjs/swagger';
import type { LogView } from '../../../application/report-status.js';

/** The event log. */
export class LogStatusDto {
  @ApiProperty({ type: 'integer', description: 'Sequence of the first event that is still held' })
  readonly first: number;

  @ApiProperty({ type: 'integer', description: 'Sequence that the next event will get' })
  readonly next: number;

  @ApiProperty({ type: 'integer', description: 'Events held, acknowledged ones among them' })
  readonly events: number;

  @ApiProperty({ type: 'integer', description: 'Memory that they take' })
  readonly bytes: number;

  @ApiProperty({ type: 'integer', description: 'How many events may be held' })
  readonly max_events: number;

  @ApiProperty({ type: 'integer', description: 'How much memory they may take' })
  readonly max_bytes: number;

  constructor({ oldest, next, events, bytes, maxEvents, maxBytes }: LogView) {
    this.first = oldest;
    this.next = next;
    this.events = events;
    this.bytes = bytes;
    this.max_events = maxEvents;
    this.max_bytes = maxBytes;
  }
}
