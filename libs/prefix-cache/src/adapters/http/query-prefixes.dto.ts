import { ClusterName, type Uint64List } from '#platform';
import { PromptHash, Topk, defaultTopk } from './fields.js';

/** Body of `POST /v1/cache/query`. */
export class QueryPrefixesDto {
  @ClusterName()
  cluster!: string;

  @PromptHash()
  prompt_hash?: Uint64List;

  @Topk()
  topk: number = defaultTopk;
}
