import { Directory } from '../../application/ports/directory.js';
import type { PeerAddress } from '../../domain/peer-address.js';
import { answerOf } from './answers.js';

/** The replicas that are named in the configuration, and those that another directory finds. */
export class CombinedDirectory extends Directory {
  #hasToldNamed = false;

  constructor(
    private readonly named: Directory,
    private readonly found: Directory,
  ) {
    super();
  }

  /**
   * A failure to find is a failure: the caller keeps the peers that it knows. Only the first is not, so that the
   * caller knows the named ones from the start.
   */
  override async lookUp(): Promise<readonly PeerAddress[]> {
    const named = await this.named.lookUp();
    const isFirst = !this.#hasToldNamed;
    this.#hasToldNamed = true;
    const found = await this.found.lookUp().catch((error: unknown) => {
      if (isFirst) return [];
      throw error;
    });
    return answerOf('static peers and those that were found', [...named, ...found]);
  }
}
