import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOperation, ApiQuery, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { ApiFailure, ApiSuccess } from '#platform';
import { DropEngineDto } from './drop-engine.dto.js';
import { LocationsDto } from './locations.dto.js';
import { QueryPrefixesDto } from './query-prefixes.dto.js';
import { SavePrefixesDto } from './save-prefixes.dto.js';

/** What OpenAPI says of the cache calls. A test makes each call and compares the examples with the answers. */
export const CacheDocuments = applyDecorators(ApiTags('cache'), ApiExtraModels(LocationsDto));

const notReady = ['notReady', 'this replica is draining; ask another one'] as const;
const noData = { schema: { nullable: true, enum: [null] }, example: null };
const tooManyHashes = [
  'bodyTooLarge',
  'prompt_hash has 8193 hashes; send the first 8192 at most, which is 4 MiB of prompt',
] as const;

export const QueryPrefixesDocument = applyDecorators(
  ApiOperation({
    summary: 'Which engines hold the beginning of a prompt',
    description:
      'Asked before an engine is chosen. An unknown cluster or prompt has no locations, which is no error.',
  }),
  ApiBody({ type: QueryPrefixesDto }),
  ApiSuccess({
    schema: { $ref: getSchemaPath(LocationsDto) },
    example: { locations: [{ ip: '192.168.1.1', length: 2 }] },
  }),
  ApiFailure([
    ['invalidJson', 'invalid JSON: the body is empty; send a JSON object'],
    ['invalidArgument', 'topk must be an integer from 1 to 1000, but was 0'],
    tooManyHashes,
    notReady,
  ]),
);

export const SavePrefixesDocument = applyDecorators(
  ApiOperation({
    summary: 'An engine holds the prefixes of a prompt now',
    description:
      'Sent after the request. Old prefixes give way to new ones, engine by engine, as in a KV cache; an empty `prompt_hash` changes nothing.',
  }),
  ApiBody({ type: SavePrefixesDto }),
  ApiSuccess(noData),
  ApiFailure([
    ['invalidJson', 'invalid JSON: the body is not UTF-8; encode it as UTF-8'],
    ['invalidArgument', 'prompt_hash[1] must be an integer from 0 to 18446744073709551615, but was -1'],
    tooManyHashes,
    notReady,
  ]),
);

export const DropEngineDocument = applyDecorators(
  ApiOperation({
    summary: 'An engine has lost its cache',
    description: 'Sent when it has restarted. All of its prefixes are dropped, on every replica.',
  }),
  ApiBody({ type: DropEngineDto, required: false }),
  query('cluster', 'mycluster'),
  query('ip', '192.168.1.1'),
  ApiSuccess(noData),
  ApiFailure([
    ['invalidJson', 'invalid JSON: the body is not UTF-8; encode it as UTF-8'],
    ['invalidArgument', 'ip must be an IPv4 address like 192.168.1.1, but was "localhost"'],
    ['bodyTooLarge', 'the body is larger than 16384 bytes; send a smaller one'],
    notReady,
  ]),
);

function query(name: string, example: string): MethodDecorator {
  return ApiQuery({
    name,
    required: false,
    example,
    type: 'string',
    description: 'Instead of the body, which some proxies drop',
  });
}
