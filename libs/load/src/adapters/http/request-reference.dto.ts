import { ClusterName, EngineIp } from '#platform';
import { EmptyMeansAbsent, PromptLength, RequestId } from './fields.js';

/** Input of both DELETE calls. The id alone decides; the rest is checked for form. */
export class RequestReferenceDto {
  @RequestId()
  request_id!: string;

  @ClusterName()
  @EmptyMeansAbsent()
  cluster?: string;

  @EngineIp()
  @EmptyMeansAbsent()
  ip?: string;

  @PromptLength()
  prompt_length: number = 0;
}
