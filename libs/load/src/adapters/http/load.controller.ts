import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiError, BodyOrQuery, FastLane, type RenderedJson } from '#platform';
import { QueryLoad } from '../../application/query-load.js';
import { type RecordOutcome, RecordRequest } from '../../application/record-request.js';
import { ReleasePrompt } from '../../application/release-prompt.js';
import { RemoveRequest } from '../../application/remove-request.js';
import { ApiMode } from './api-mode.js';
import {
  LoadDocuments,
  QueryLoadDocument,
  RecordRequestDocument,
  ReleasePromptDocument,
  RemoveRequestDocument,
} from './load-documents.js';
import { QueryLoadDto } from './query-load.dto.js';
import { RecordRequestDto } from './record-request.dto.js';
import { RenderedLoads } from './rendered-loads.js';
import { RequestReferenceDto } from './request-reference.dto.js';

/** The four load calls, one after the other as a router makes them. */
@LoadDocuments
@Controller('v1/load')
export class LoadController {
  readonly #rendered = new RenderedLoads();

  constructor(
    private readonly queryLoad: QueryLoad,
    private readonly recordRequest: RecordRequest,
    private readonly releasePrompt: ReleasePrompt,
    private readonly removeRequest: RemoveRequest,
    private readonly mode: ApiMode,
  ) {}

  @Get('stats')
  @RouteConfig({ requiresReady: true })
  @FastLane()
  @QueryLoadDocument
  query(@Query() { cluster }: QueryLoadDto): RenderedJson {
    return this.#rendered.of(this.queryLoad.execute(cluster));
  }

  @Post('stats')
  @HttpCode(200)
  @RouteConfig({ requiresReady: true })
  @FastLane()
  @RecordRequestDocument
  record(@Body() { request_id, cluster, ip, prompt_length, timestamp }: RecordRequestDto): null {
    const timestampNs = BigInt(timestamp ?? 0);
    const outcome = this.recordRequest.execute(request_id, {
      timestampNs: timestampNs > 0n ? timestampNs : 0n,
      cluster,
      ip,
      promptLength: prompt_length,
    });
    if (outcome === 'repeated') this.mode.answerRepeatedRecord(request_id);
    else if (outcome !== 'recorded') throw refusal(outcome, request_id);
    return null;
  }

  @Delete('prompt')
  @RouteConfig({ requiresReady: true })
  @FastLane()
  @ReleasePromptDocument
  release(@BodyOrQuery() reference: RequestReferenceDto): null {
    this.mode.checkReference(reference);
    const outcome = this.releasePrompt.execute(reference.request_id);
    if (outcome === 'ended') this.mode.answerEnded(reference.request_id);
    return null;
  }

  @Delete('stats')
  @RouteConfig({ requiresReady: true })
  @FastLane()
  @RemoveRequestDocument
  remove(@BodyOrQuery() reference: RequestReferenceDto): null {
    this.mode.checkReference(reference);
    const outcome = this.removeRequest.execute(reference.request_id);
    if (outcome === 'ended') this.mode.answerEnded(reference.request_id);
    return null;
  }
}

function refusal(outcome: Exclude<RecordOutcome, 'recorded' | 'repeated'>, requestId: string): ApiError {
  switch (outcome) {
    case 'conflict':
      return new ApiError(
        'duplicateRequest',
        `request_id "${requestId}" is in flight with another cluster, ip or prompt_length; use an id of its own`,
      );
    case 'requests-full':
      return limitReached('requests', 'METADATA_CENTER_MAX_REQUESTS');
    case 'engines-full':
      return limitReached('engines', 'METADATA_CENTER_MAX_ENGINES');
    case 'clusters-full':
      return limitReached('clusters', 'METADATA_CENTER_MAX_CLUSTERS');
  }
}

function limitReached(what: string, variable: string): ApiError {
  return new ApiError(
    'limitReached',
    `this replica holds as many ${what} as it may; raise ${variable} or try later`,
  );
}
