import { ClusterName } from './fields.js';

/** Query of `GET /v1/load/stats`. */
export class QueryLoadDto {
  @ClusterName()
  cluster!: string;
}
