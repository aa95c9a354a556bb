import { Directory } from '../../application/ports/directory.js';
import type { PeerAddress } from '../../domain/peer-address.js';
import { answerOf } from './answers.js';

/** The replicas are those that are named in the configuration. Names stay names until one connects to them. */
export class StaticDirectory extends Directory {
  constructor(private readonly peers: readonly PeerAddress[]) {
    super();
  }

  override async lookUp(): Promise<readonly PeerAddress[]> {
    return answerOf('the static peers', this.peers);
  }
}
