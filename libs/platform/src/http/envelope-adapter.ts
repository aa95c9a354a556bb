import { StreamableFile } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { envelopeContentType, successBody } from './envelope.js';
import { LaneError } from './lane/lane-error.js';

/** Puts what a handler returns into the envelope; a stream goes out as it is. */
export class EnvelopeAdapter extends FastifyAdapter {
  override reply(
    response: Parameters<FastifyAdapter['reply']>[0],
    data: unknown,
    status?: number,
  ): FastifyReply {
    if (data instanceof StreamableFile) return super.reply(response, data, status);
    const reply = response as FastifyReply;
    if (status !== undefined) reply.code(status);
    return reply.header('content-type', envelopeContentType).send(successBody(data, reply.request.id));
  }

  /** @throws LaneError since what the fast lane answers would pass a middleware by */
  override createMiddlewareFactory(): never {
    throw new LaneError('the fast lane does not honour middleware');
  }
}
