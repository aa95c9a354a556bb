import type { PeerAddress } from '../../domain/peer-address.js';

/** Tells where the replicas of this cluster are. */
export abstract class Directory {
  /**
   * One look-up. May take seconds; the caller never has two under way.
   *
<<<<<<< HEAD
   * @returns all replicas that it knows, this one may be among them; none where the directory knows of none (an
   *   answer: NXDOMAIN, no records)
=======
   * @returns all replicas that it knows, this one may be among them; none where the directory knows of none
   *   (an answer: NXDOMAIN, no records)
>>>>>>> fb4dbe441652c738b256bb4ca8e50dbf85ef0495
   * @throws DirectoryError where it could not tell (SERVFAIL, time-out)
   */
  abstract lookUp(): Promise<readonly PeerAddress[]>;
}

<<<<<<< HEAD
/** A look-up that could not tell; the message names the domain and the reason. */
=======
/** A directory that could not tell. The message says what was looked up, and why that failed. */
>>>>>>> fb4dbe441652c738b256bb4ca8e50dbf85ef0495
export class DirectoryError extends Error {
  override readonly name = 'DirectoryError';
}
