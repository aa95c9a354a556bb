import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsArray, IsBoolean, IsNumber, IsOptional, Min } from 'class-validator';
import { fieldRule, fromQuery } from '#platform';
import { bucketCount } from '../../domain/state-digest.js';

const age = fieldRule('a number from 0, in milliseconds');

/** Query of `GET /v1/replica/snapshot`. */
export class SnapshotQueryDto {
  @ApiProperty({ type: 'string', required: false, description: 'Only these buckets', example: '3,17' })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => bucketsFrom(value), { groups: [fromQuery] })
  @IsArray(fieldRule(`a list of at most ${bucketCount} integers from 0 to ${bucketCount - 1}, like 3,17`))
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

  @ApiProperty({
    required: false,
    description: 'The hints, all of them, in place of the states that are repaired',
    example: true,
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => booleanFrom(value), { groups: [fromQuery] })
  @IsBoolean(fieldRule('true or false'))
  hints?: boolean;
}

/** @returns what is no list of buckets as it is, for the message */
function bucketsFrom(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\d{1,3}(,\d{1,3})*$/.test(value)) return value;
  const buckets = value.split(',').map(Number);
  const isList = buckets.length <= bucketCount && buckets.every((bucket) => bucket < bucketCount);
  return isList ? buckets : value;
}

function numberFrom(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : value;
}

function booleanFrom(value: unknown): unknown {
  return value === 'true' || (value === 'false' ? false : value);
}
