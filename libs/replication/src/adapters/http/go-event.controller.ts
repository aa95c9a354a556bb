import { Body, Controller, Headers, HttpCode, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiError, quoted } from '#platform';
import { WireError } from '../../application/ports/replicated-state.js';
import { ReceiveGoEvent } from '../../application/receive-go-event.js';
import { GoEventDocument } from './go-event-documents.js';
import { ReplicaDocuments } from './replica-documents.js';
import { replicaBodyLimitBytes } from './batch-reader.js';

/** The call that replicas of the Go service make, while a fleet is moved over. */
@ReplicaDocuments
@Controller('v1/replica')
export class GoEventController {
  constructor(private readonly receiveGoEvent: ReceiveGoEvent) {}

  @Post('event')
  @HttpCode(200)
  @RouteConfig({ bodyLimitBytes: replicaBodyLimitBytes })
  @GoEventDocument
  event(@Headers('event-type') type: string | undefined, @Body() body: unknown): null {
    if (body instanceof ApiError) throw body;
    if (body === undefined)
      throw new ApiError('invalidJson', 'invalid JSON: the body is empty; send a JSON object');
    if (this.#receive(type, body) === 'unknown-type') throw this.#unknownType(type);
    return null;
  }

  #receive(type: string | undefined, body: unknown): ReturnType<ReceiveGoEvent['execute']> {
    try {
      return this.receiveGoEvent.execute(type, body);
    } catch (error) {
      throw error instanceof WireError ? new ApiError('invalidArgument', error.message) : error;
    }
  }

  #unknownType(type: string | undefined): ApiError {
    const rule = `must be one of ${this.receiveGoEvent.types.join(', ')}`;
    return new ApiError(
      'invalidArgument',
      type === undefined
        ? `the header Event-Type is missing; it ${rule}`
        : `the header Event-Type ${rule}, but was ${quoted(type)}`,
    );
  }
}
