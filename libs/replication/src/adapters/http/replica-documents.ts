import { applyDecorators } from '@nestjs/common';
import {
  ApiBody,
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { ApiFailure, ApiSuccess } from '#platform';
import { DigestRequestDto } from './digest-request.dto.js';
import { ReplicaStatusDto } from './status/replica-status.dto.js';
import { statusExample } from './status/status-example.js';

/** What OpenAPI says of the calls between replicas. */
export const ReplicaDocuments = applyDecorators(ApiTags('replication'), ApiExtraModels(ReplicaStatusDto));

const notReady = ['notReady', 'this replica is starting; ask another one'] as const;
const epoch = '0123456789abcdef';

export const EventsDocument = applyDecorators(
  ApiOperation({
    summary: 'Take a batch of events of another replica',
    description:
      'All events are merged, or none where one is malformed. The answer says from where on to send. An empty batch is a heartbeat.',
  }),
  ApiBody({
    schema: {
      type: 'object',
      required: ['v', 'origin', 'epoch', 'first', 'oldest', 'events'],
      properties: {
        v: { type: 'integer', enum: [1] },
        origin: { type: 'string', description: 'host:port of the sender' },
        epoch: { type: 'string', pattern: '^[0-9a-f]{16}$', description: 'Of the sender’s process' },
        first: { type: 'integer', minimum: 1, description: 'Sequence of the first event' },
        oldest: { type: 'integer', minimum: 1, description: 'First sequence that the sender still holds' },
        events: {
          type: 'array',
          items: {
            type: 'object',
            required: ['kind', 'ageMs', 'unchangedMs', 'state'],
            properties: {
              kind: { type: 'string' },
              ageMs: { type: 'number', minimum: 0, description: 'Since the state was first known' },
              unchangedMs: { type: 'number', minimum: 0, description: 'Since it last changed' },
              state: { type: 'object' },
            },
          },
        },
      },
      example: {
        v: 1,
        origin: '10.0.0.1:8080',
        epoch,
        first: 1,
        oldest: 1,
        events: [
          {
            kind: 'load',
            ageMs: 3,
            unchangedMs: 3,
            state: { id: 'req123', g: 1, f: 0, r: ['1763851234567000000', 'mycluster', '192.168.1.1', 512] },
          },
        ],
      },
    },
  }),
  ApiSuccess({
    schema: {
      type: 'object',
      properties: {
        epoch: { type: 'string', description: 'Of the process that answers' },
        state: { type: 'string', enum: ['starting', 'ready', 'draining'] },
        outcome: {
          type: 'string',
          enum: ['applied', 'gap', 'snapshot'],
          description:
            'applied: all up to `applied` is merged; gap: send again what follows `applied`; snapshot: go on, a snapshot closes the gap',
        },
        applied: { type: 'integer' },
      },
    },
    example: { epoch, state: 'ready', outcome: 'applied', applied: 1 },
  }),
  ApiFailure([
    ['invalidJson', 'invalid JSON: the body is empty; send a batch'],
    ['invalidArgument', 'v must be 1; bring all replicas to releases that speak it'],
    ['bodyTooLarge', 'the body is larger than 1048576 bytes; send a smaller one'],
  ]),
);

export const SnapshotDocument = applyDecorators(
  ApiOperation({
    summary: 'Everything that this replica knows, or some buckets of it, or its hints',
    description:
      'A stream of lines of JSON: the cursors that the replica held before the first chunk, then events, then `{"end":true}`. No envelope. Hints, such as which engine has which prefix cached, come where they are asked for, and then alone.',
  }),
  ApiProduces('application/x-ndjson'),
  ApiOkResponse({ schema: { type: 'string' } }),
  ApiFailure([
    [
      'invalidArgument',
      'buckets must be a list of at most 256 integers from 0 to 255, like 3,17, but was "3,300"',
    ],
    ['limitReached', 'this replica gives as many snapshots as it may; ask another or try later'],
    notReady,
  ]),
);

export const DigestDocument = applyDecorators(
  ApiOperation({
    summary: 'What this replica knows, as 256 sums of hashes',
    description: 'Equal knowledge gives equal sums. What changed within the last 2 s is left out.',
  }),
  ApiBody({ type: DigestRequestDto }),
  ApiSuccess({
    schema: {
      type: 'object',
      properties: {
        epoch: { type: 'string' },
        youngerThanMs: { type: 'number', description: 'The age up to which the digest covers what is known' },
        digest: {
          type: 'string',
          pattern: '^[0-9a-f]{4096}$',
          description: '256 sums of 16 hex digits each, one for each bucket; the example is cut short',
        },
      },
    },
    example: { epoch, youngerThanMs: 600_000, digest: `${'0'.repeat(32)}…` },
  }),
  ApiFailure([
    ['invalidJson', 'invalid JSON: the body is empty; send a JSON object'],
    ['invalidArgument', 'youngerThanMs is missing; it must be a number from 0, in milliseconds'],
    notReady,
  ]),
);

export const StatusDocument = applyDecorators(
  ApiOperation({
    summary: 'This replica’s part in the replication',
    description:
      'Whom it knows, how far they are, and what has happened since the start. Answered whatever the state of the replica.',
  }),
  ApiSuccess({ schema: { $ref: getSchemaPath(ReplicaStatusDto) }, example: statusExample }),
);
