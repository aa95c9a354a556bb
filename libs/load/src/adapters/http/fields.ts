import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, Max, Min, ValidateBy, ValidateIf } from 'class-validator';
import { Name, fieldRule, fromQuery } from '#platform';
import { maxPromptLength } from '../../domain/inference-request.js';
import { isInt64 } from '../../domain/whole.js';

/**
 * The fields of the load calls. Each states its rule, its words and its documentation once; a DTO class says
 * which fields a call has.
 */

/** The id of one inference request. */
export function RequestId(): PropertyDecorator {
  return Name('Id of the inference request, unique among all that are in flight', 'req123');
}

/** How much the request adds to the engine's prefill load. */
export function PromptLength(): PropertyDecorator {
  const words = fieldRule(`an integer from 0 to ${maxPromptLength}`);
  return applyDecorators(
    ApiProperty({
      description: 'Length of the prompt, in whatever unit the routers agree on, mostly tokens',
      type: 'integer',
      minimum: 0,
      maximum: maxPromptLength,
      default: 0,
      required: false,
      example: 512,
    }),
    IsOptional(),
    Transform(({ value }: { value: unknown }) => numberFromText(value), { groups: [fromQuery] }),
    IsInt(words),
    Min(0, words),
    Max(maxPromptLength, words),
  );
}

/** By which a late retry is told from a new use of the id. */
export function TimestampNs(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      description: 'When the client sent the request, in Unix ns; 0 or less means "not given"',
      type: 'integer',
      format: 'int64',
      required: false,
      example: 1763851234567000000,
    }),
    IsOptional(),
    ValidateBy(
      { name: 'isInt64', validator: { validate: isTimestamp } },
      fieldRule('a 64-bit integer of Unix nanoseconds'),
    ),
  );
}

/** A field that may be left out, for which empty text stands too, as the AIGW gateway sends it. */
export function EmptyMeansAbsent(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ required: false, minLength: 0 }),
    ValidateIf((_, value: unknown) => value !== undefined && value !== ''),
  );
}

function isTimestamp(value: unknown): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) < 2 ** 63;
  return typeof value === 'bigint' && isInt64(value);
}

function numberFromText(value: unknown): unknown {
  if (value === '') return undefined;
  const isNumber = typeof value === 'string' && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value);
  return isNumber ? Number(value) : value;
}
