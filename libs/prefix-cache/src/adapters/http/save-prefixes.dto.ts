import { ClusterName, EngineIp, type Uint64List } from '#platform';
import { PromptHash } from './fields.js';

/** Body of `POST /v1/cache/save`. */
export class SavePrefixesDto {
  @ClusterName()
  cluster!: string;

  @EngineIp()
  ip!: string;

  @PromptHash()
  prompt_hash?: Uint64List;
}
