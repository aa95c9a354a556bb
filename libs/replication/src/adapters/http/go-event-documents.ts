import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation } from '@nestjs/swagger';
import { ApiFailure, ApiSuccess } from '#platform';

const types = ['load.stats.set', 'load.stats.delete', 'load.prompt.delete'];

/** What OpenAPI says of the call of Go replicas; the only place here that knows what they send. */
export const GoEventDocument = applyDecorators(
  ApiOperation({
    summary: 'Take an event of a replica of the Go service',
    description:
      'While a fleet is moved over. The event is merged and never passed on: the Go service sends it to every replica itself. A deletion needs the id alone.',
  }),
  ApiHeader({ name: 'Event-Type', required: true, schema: { type: 'string', enum: types } }),
  ApiBody({
    schema: {
      type: 'object',
      required: ['request_id'],
      properties: {
        cluster: { type: 'string', description: 'Of a set: 1 to 256 characters' },
        request_id: { type: 'string', minLength: 1, maxLength: 256 },
        prompt_length: { type: 'integer', minimum: 0, maximum: 2_147_483_647, default: 0 },
        ip: { type: 'string', description: 'Of a set: the engine’s IPv4 address' },
        timestamp: { type: 'integer', format: 'int64', description: 'In Unix ns' },
      },
      example: {
        cluster: 'mycluster',
        request_id: 'req123',
        prompt_length: 512,
        ip: '192.168.1.1',
        timestamp: 1763851234567000000,
      },
    },
  }),
  ApiSuccess({ schema: { nullable: true, enum: [null] }, example: null }),
  ApiFailure([
    ['invalidJson', 'invalid JSON: the body is empty; send a JSON object'],
    ['invalidArgument', `the header Event-Type is missing; it must be one of ${types.join(', ')}`],
    ['bodyTooLarge', 'the body is larger than 1048576 bytes; send a smaller one'],
  ]),
);
