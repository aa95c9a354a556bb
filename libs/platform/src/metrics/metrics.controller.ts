import { Readable } from 'node:stream';
import { Controller, Get, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { expositionContentType } from './exposition.js';
import { MetricSources } from './metric-sources.js';

/** `GET /metrics`, streamed slice by slice. */
@ApiTags('operation')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly sources: MetricSources) {}

  @Get()
  @ApiOperation({ summary: 'Metrics for Prometheus, in its text format; no envelope' })
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string' } })
  metrics(): StreamableFile {
    return new StreamableFile(Readable.from(this.sources.render(), { objectMode: false }), {
      type: expositionContentType,
    });
  }
}
