import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsInt, IsNumber, IsOptional, Max, Min } from 'class-validator';
import { fieldRule, fromQuery } from '#platform';
import { bucketCount } from '../../domain/state-digest.js';

const bucketList = {
  ...fieldRule(`a list of integers from 0 to ${bucketCount - 1}, like 3,17`),
  each: true,
};
const age = fieldRule('a number from 0, in milliseconds');

/** Query of `GET /v1/replica/snapshot`. */
export class SnapshotQueryDto {
  @ApiProperty({ type: 'string', required: false, description: 'Only these buckets', example: '3,17' })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => String(value).split(',').map(numberFrom), {
    groups: [fromQuery],
  })
  @ArrayMaxSize(bucketCount, fieldRule(`a list of at most ${bucketCount} buckets`))
  @IsInt(bucketList)
  @Min(0, bucketList)
  @Max(bucketCount - 1, bucketList)
  buckets?: number[];

  @ApiProperty({
    required: false,
    description: 'Only what is younger than this age, in ms',
    example: 600_000,
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => numberFrom(value), { groups: [fromQuery] })
  @IsNumber({}, age)
  @Min(0, age)
  younger_than_ms?: number;
}

function numberFrom(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : value;
}
