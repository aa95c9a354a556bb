import { ApiProperty } from '@nestjs/swagger';
import type { EngineLoad } from '../../domain/engine-stats.js';
import { maxInt32 } from './int32.js';

/** One engine of the answer to `GET /v1/load/stats`. */
export class EngineLoadDto {
  @ApiProperty({ format: 'ipv4' })
  readonly ip: string;

  @ApiProperty({ type: 'integer', format: 'int32', description: 'Requests sent and not yet over' })
  readonly queued_req_num: number;

  @ApiProperty({ type: 'integer', format: 'int32', description: 'Sum of the prompt lengths in prefill' })
  readonly prompt_length: number;

  @ApiProperty({
    type: 'integer',
    format: 'int64',
    description: 'Unix time in ns of the last change of a count',
  })
  readonly updated_time: number;

  @ApiProperty({
    type: 'integer',
    format: 'int32',
    description: 'Requests whose first token has not been seen',
  })
  readonly prefill_req_num: number;

  constructor(engine: EngineLoad) {
    this.ip = engine.ip;
    this.queued_req_num = Math.min(engine.queuedCount, maxInt32);
    this.prompt_length = Math.min(engine.promptLength, maxInt32);
    this.updated_time = engine.updatedUs * 1000;
    this.prefill_req_num = Math.min(engine.prefillCount, maxInt32);
  }
}
