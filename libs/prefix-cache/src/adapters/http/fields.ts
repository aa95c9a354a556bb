import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsUint64List, fieldRule } from '#platform';
import { maxChainLength } from '../../domain/hash-chain.js';

/** The fields of the cache calls that no other call has. */

/** Engines that a query may ask for. */
const maxTopk = 1_000;
export const defaultTopk = 10;

/** The hashes of a prompt's prefixes, as AIGW makes them: MurmurHash3 of its first 512, 1024, … bytes. */
export function PromptHash(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      description:
        'Hashes of the prompt’s prefixes, the shortest first: integers from 0 to 18446744073709551615. Each stands for all of the prompt so far. `null`, an empty list or none at all: nothing is known of the prompt',
      type: 'array',
      items: { type: 'integer', format: 'uint64', minimum: 0 },
      maxItems: maxChainLength,
      nullable: true,
      required: false,
      example: [1157886414813953, 42],
    }),
    IsOptional(),
    IsUint64List(),
  );
}

/** How many engines a query wants. */
export function Topk(): PropertyDecorator {
  const words = fieldRule(`an integer from 1 to ${maxTopk}`);
  return applyDecorators(
    ApiProperty({
      description: 'How many engines the answer has at most',
      type: 'integer',
      minimum: 1,
      maximum: maxTopk,
      default: defaultTopk,
      required: false,
      example: defaultTopk,
    }),
    IsOptional(),
    IsInt(words),
    Min(1, words),
    Max(maxTopk, words),
  );
}
