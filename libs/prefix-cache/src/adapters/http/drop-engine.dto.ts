import { ClusterName, EngineIp } from '#platform';

/** Input of `DELETE /v1/cache/engine`. */
export class DropEngineDto {
  @ClusterName()
  cluster!: string;

  @EngineIp()
  ip!: string;
}
