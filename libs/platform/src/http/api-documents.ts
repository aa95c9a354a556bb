import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { ApiError, type ApiErrorKind } from './api-error.js';

/** Trace id of every example. */
export const exampleTraceId = '4bf92f3577b34da6a3ce929d0e0e4736';

type Schema = NonNullable<Extract<Parameters<typeof ApiResponse>[0], { schema: unknown }>['schema']>;

/** Documents a call's success: the envelope around `data`. */
export function ApiSuccess({ schema, example }: { schema: Schema; example: unknown }): MethodDecorator {
  return ApiResponse({
    status: 200,
    description: 'Success',
    schema: {
      type: 'object',
      required: ['status', 'error', 'data', 'trace_id'],
      properties: {
        status: { type: 'string', enum: ['OK'] },
        error: { type: 'object', nullable: true, enum: [null] },
        data: schema,
        trace_id: { type: 'string' },
      },
      example: { status: 'OK', error: null, data: example, trace_id: exampleTraceId },
    },
  });
}

/** Documents the ways in which a call fails, with the words of an example; statuses may repeat. */
export function ApiFailure(
  failures: readonly (readonly [kind: ApiErrorKind, message: string])[],
): MethodDecorator {
  const errors = failures.map(([kind, message]) => new ApiError(kind, message));
  const statuses = [...new Set(errors.map(({ status }) => status))];
  return applyDecorators(
    ...statuses.map((status) =>
      failureResponse(
        status,
        errors.filter((error) => error.status === status),
      ),
    ),
  );
}

function failureResponse(status: number, errors: readonly ApiError[]): MethodDecorator {
  const examples = errors.map(({ code, message, reason }) => [
    reason,
    { value: { status: 'ERROR', error: { code, message, reason }, data: null, trace_id: exampleTraceId } },
  ]);
  return ApiResponse({
    status,
    description: errors.map(({ code, reason }) => `${code} \`${reason}\``).join(', '),
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/Failure' },
        examples: Object.fromEntries(examples),
      },
    },
  });
}
