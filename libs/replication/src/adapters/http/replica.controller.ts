import { Readable } from 'node:stream';
import { Body, Controller, Get, HttpCode, Post, Query, StreamableFile } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiError } from '#platform';
import { ReportStatus } from '../../application/report-status.js';
import { ServeSnapshot } from '../../application/serve-snapshot.js';
import { TakeDigest } from '../../application/take-digest.js';
import { ThisReplica } from '../../domain/this-replica.js';
import { type BatchAnswerData, BatchReader, replicaBodyLimitBytes } from './batch-reader.js';
import { DigestRequestDto } from './digest-request.dto.js';
import {
  DigestDocument,
  EventsDocument,
  ReplicaDocuments,
  SnapshotDocument,
  StatusDocument,
} from './replica-documents.js';
import { ReplicaStatusDto } from './status/replica-status.dto.js';
import { SnapshotQueryDto } from './snapshot-query.dto.js';

interface DigestData {
  readonly epoch: string;
  readonly youngerThanMs: number;
  readonly digest: string;
}

/** The calls between replicas, and the view of them for operators. */
@ReplicaDocuments
@Controller('v1/replica')
export class ReplicaController {
  constructor(
    private readonly self: ThisReplica,
    private readonly batchReader: BatchReader,
    private readonly serveSnapshot: ServeSnapshot,
    private readonly takeDigest: TakeDigest,
    private readonly reportStatus: ReportStatus,
  ) {}

  @Post('events')
  @HttpCode(200)
  @RouteConfig({ bodyLimitBytes: replicaBodyLimitBytes, rawBody: true })
  @EventsDocument
  events(@Body() body: Buffer | undefined): Promise<BatchAnswerData> {
    return this.batchReader.execute(body);
  }

  @Get('snapshot')
  @SnapshotDocument
  snapshot(@Query() { buckets, younger_than_ms, hints = false }: SnapshotQueryDto): StreamableFile {
    if (hints && (buckets ?? younger_than_ms) !== undefined) {
      throw new ApiError(
        'invalidArgument',
        'hints must be asked for as a whole; leave out buckets and younger_than_ms',
      );
    }
    const lines = this.serveSnapshot.execute({
      buckets: buckets === undefined ? undefined : new Set(buckets),
      youngerThanMs: younger_than_ms,
      hints,
    });
    if (lines === 'not-ready') throw this.#notReady();
    if (lines === 'busy') {
      throw new ApiError(
        'limitReached',
        'this replica gives as many snapshots as it may; ask another or try later',
      );
    }
    return new StreamableFile(Readable.from(endedLines(lines), { objectMode: false }), {
      type: 'application/x-ndjson; charset=utf-8',
    });
  }

  @Post('digest')
  @HttpCode(200)
  @DigestDocument
  async digest(@Body() request: DigestRequestDto): Promise<DigestData> {
    if (this.self.phase !== 'ready') throw this.#notReady();
    const { digest, youngerThanMs } = await this.takeDigest.execute(request);
    return { epoch: this.self.epoch, youngerThanMs, digest: digest.toText() };
  }

  @Get('status')
  @StatusDocument
  status(): ReplicaStatusDto {
    return new ReplicaStatusDto(this.reportStatus.execute());
  }

  #notReady(): ApiError {
    const does = this.self.phase === 'ready' ? 'still learning hints itself' : this.self.phase;
    return new ApiError('notReady', `this replica is ${does}; ask another one`);
  }
}

async function* endedLines(lines: AsyncIterable<string>): AsyncIterable<string> {
  for await (const line of lines) yield `${line}\n`;
}
