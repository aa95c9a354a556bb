import { ApiProperty } from '@nestjs/swagger';
import type { DirectoryView } from '../../../application/follow-directory.js';

/** What the look-up of replicas gave. */
export class DirectoryStatusDto {
  @ApiProperty({
    type: [String],
    description: 'All that the last answer listed, host:port each; this replica may be among them',
  })
  readonly hosts: readonly string[];

  @ApiProperty({ type: 'integer', description: 'Look-ups that failed since the start' })
  readonly failed_lookups: number;

  @ApiProperty({ type: String, nullable: true, description: 'Why the last look-up failed, if it did' })
  readonly last_error: string | null;

  constructor({ hosts, lastError }: DirectoryView, failedLookups: number) {
    this.hosts = hosts;
    this.failed_lookups = failedLookups;
    this.last_error = lastError ?? null;
  }
}
