import type { PeerAddress } from '../../domain/peer-address.js';

/** Tells where the replicas of this cluster are. */
export abstract class Directory {
  /**
   * One look-up. May take seconds; the caller never has two under way.
   *
   * @returns all replicas that it knows, this one may be among them; none where the directory knows of none
   *   (an answer: NXDOMAIN, no records)
   * @throws DirectoryError where it could not tell (SERVFAIL, time-out)
   */
  abstract lookUp(): Promise<readonly PeerAddress[]>;
}

/** A directory that could not tell. The message says what was looked up, and why that failed. */
export class DirectoryError extends Error {
  override readonly name = 'DirectoryError';
}
