import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOperation, ApiQuery, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { ApiFailure, ApiSuccess } from '#platform';
import { EngineLoadDto } from './engine-load.dto.js';
import { RecordRequestDto } from './record-request.dto.js';
import { RequestReferenceDto } from './request-reference.dto.js';

/** What OpenAPI says of the load calls. A test makes each call and compares the examples with the answers. */
export const LoadDocuments = applyDecorators(ApiTags('load'), ApiExtraModels(EngineLoadDto));

const notReady = ['notReady', 'this replica is draining; ask another one'] as const;
const noData = { schema: { nullable: true, enum: [null] }, example: null };

export const QueryLoadDocument = applyDecorators(
  ApiOperation({
    summary: 'Load of the engines of a cluster',
    description:
      'Asked before every choice of an engine. An unknown cluster has no engines, which is no error.',
  }),
  ApiSuccess({
    schema: { type: 'array', items: { $ref: getSchemaPath(EngineLoadDto) } },
    example: [
      {
        ip: '192.168.1.1',
        queued_req_num: 1,
        prompt_length: 512,
        updated_time: 1767225600000000000,
        prefill_req_num: 1,
      },
    ],
  }),
  ApiFailure([
    [
      'invalidArgument',
      'cluster is missing; it must be text of 1 to 256 characters without control characters',
    ],
    notReady,
  ]),
);

export const RecordRequestDocument = applyDecorators(
  ApiOperation({
    summary: 'Record a request that is sent to an engine',
    description:
      'Queued +1, prefill +1, prompt length +n. A repeat of the same record changes nothing; in strict mode it is refused.',
  }),
  ApiBody({ type: RecordRequestDto }),
  ApiSuccess(noData),
  ApiFailure([
    ['invalidJson', 'invalid JSON: the body is empty; send a JSON object'],
    ['invalidArgument', 'ip must be an IPv4 address like 192.168.1.1, but was "localhost"'],
    [
      'duplicateRequest',
      'request_id "req123" is in flight with another cluster, ip or prompt_length; use an id of its own',
    ],
    ['bodyTooLarge', 'the body is larger than 16384 bytes; send a smaller one'],
    [
      'limitReached',
      'this replica holds as many requests as it may; raise METADATA_CENTER_MAX_REQUESTS or try later',
    ],
    notReady,
  ]),
);

export const ReleasePromptDocument = applyDecorators(
  ApiOperation({
    summary: 'Release the prompt of a request: its first token was seen',
    description: 'Prefill −1, prompt length −n, once. May come before the record.',
  }),
  ReferenceInput(),
  ApiSuccess(noData),
  DeleteFailures(),
);

export const RemoveRequestDocument = applyDecorators(
  ApiOperation({
    summary: 'Remove a request: it is over',
    description:
      'Queued −1, and prefill and prompt length if they were not released yet. May come before the record.',
  }),
  ReferenceInput(),
  ApiSuccess(noData),
  DeleteFailures(),
);

function ReferenceInput(): MethodDecorator {
  const query = (name: string, example: string | number): MethodDecorator =>
    ApiQuery({
      name,
      required: false,
      example,
      type: typeof example,
      description: 'Instead of the body, which some proxies drop',
    });
  return applyDecorators(
    ApiBody({ type: RequestReferenceDto, required: false }),
    query('request_id', 'req123'),
    query('cluster', 'mycluster'),
    query('ip', '192.168.1.1'),
    query('prompt_length', 512),
  );
}

function DeleteFailures(): MethodDecorator {
  return ApiFailure([
    ['invalidJson', 'invalid JSON: the body is not UTF-8; encode it as UTF-8'],
    [
      'invalidArgument',
      'request_id is missing; it must be text of 1 to 256 characters without control characters',
    ],
    ['requestRemoved', 'request_id "req123" was removed already; nothing is left to delete'],
    ['bodyTooLarge', 'the body is larger than 16384 bytes; send a smaller one'],
    notReady,
  ]);
}
