import { ReplicatedState } from '#replication';

/** A context that knows nothing, for tests in which its kind alone matters. */
export class NoState extends ReplicatedState {
  override readonly isRepaired = false;
  override readonly horizonMs = 0;

  constructor(override readonly kind: string) {
    super();
  }

  override parse = () => undefined;
  override merge = () => false;
  override states = () => [];
  override digest = () => [];
}
