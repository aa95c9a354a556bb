import { ApiProperty } from '@nestjs/swagger';
import { Equals, IsNumber, Min } from 'class-validator';
import { fieldRule } from '#platform';
import { wireVersion } from '../../application/batch-format.js';

const age = fieldRule('a number from 0, in milliseconds');

/** Body of `POST /v1/replica/digest`. */
export class DigestRequestDto {
  @ApiProperty({ type: 'integer', description: 'Version of the protocol', example: wireVersion })
  @Equals(wireVersion, fieldRule(`${wireVersion}`))
  v!: number;

  @ApiProperty({ description: 'As of how long ago, in ms: both sides look at one moment', example: 3 })
  @IsNumber({}, age)
  @Min(0, age)
  agoMs!: number;

  @ApiProperty({ description: 'Compares what is younger than this age, in ms', example: 600_000 })
  @IsNumber({}, age)
  @Min(0, age)
  youngerThanMs!: number;
}
