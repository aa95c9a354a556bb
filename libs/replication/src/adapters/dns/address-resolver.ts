import type { TimeLimit } from './time-limit.js';

/** Finds the addresses of a name. */
export interface AddressResolver {
  /**
   * @returns IP literals of both families; none where the name has none or does not exist
   * @throws DirectoryError that names the name and the reason
   */
  addressesOf(name: string, limit: TimeLimit): Promise<readonly string[]>;
}
