import { ClusterName, EngineIp } from '#platform';
import { PromptLength, RequestId, TimestampNs } from './fields.js';

/** Body of `POST /v1/load/stats`. */
export class RecordRequestDto {
  @ClusterName()
  cluster!: string;

  @RequestId()
  request_id!: string;

  @EngineIp()
  ip!: string;

  @PromptLength()
  prompt_length: number = 0;

  @TimestampNs()
  timestamp?: bigint | number;
}
