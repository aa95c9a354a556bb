import { ClusterName } from '#platform';

/** Query of `GET /v1/load/stats`. */
export class QueryLoadDto {
  @ClusterName()
  cluster!: string;
}
