import { ApiProperty } from '@nestjs/swagger';
import type { Location } from '../../domain/prefix-index.js';

/** One engine of the answer to `POST /v1/cache/query`. */
export class LocationDto implements Location {
  @ApiProperty({ format: 'ipv4' })
  readonly ip!: string;

  @ApiProperty({
    type: 'integer',
    description: 'How many leading hashes of the prompt the engine holds without a gap; at least 1',
  })
  readonly length!: number;
}

/** The answer to `POST /v1/cache/query`. */
export class LocationsDto {
  @ApiProperty({
    type: [LocationDto],
    description: 'The longest first; of equals the engine that was saved to last',
  })
  readonly locations: readonly LocationDto[];

  constructor(locations: readonly Location[]) {
    this.locations = locations;
  }
}
