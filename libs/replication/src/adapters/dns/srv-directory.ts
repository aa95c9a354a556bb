import { Directory } from '../../application/ports/directory.js';
import type { PeerAddress } from '../../domain/peer-address.js';
import type { AddressResolver } from './address-resolver.js';
import { answerOf, refuseTooMany } from './answers.js';
import type { NameServerResolver } from './name-server-resolver.js';
import { TimeLimit } from './time-limit.js';

/** The replicas are the SRV records of a name: each tells a port, and a target that has addresses. */
export class SrvDirectory extends Directory {
  /**
   * @param services who is asked for the SRV records
   * @param targets who is asked for the targets' addresses
   * @param limitMs how long a look-up may take, targets included
   */
  constructor(
    private readonly name: string,
    private readonly services: NameServerResolver,
    private readonly targets: AddressResolver,
    private readonly limitMs: number,
  ) {
    super();
  }

  override async lookUp(): Promise<readonly PeerAddress[]> {
    const limit = new TimeLimit(this.limitMs);
    const services = await this.services.servicesOf(this.name, limit);
    refuseTooMany(this.name, services.length);
    const portsOf = Map.groupBy(services.filter(isThere), ({ name }) => name);
    const found: PeerAddress[] = [];
    // One target after the other: the system's resolver takes no more, and name servers are spared a burst.
    for (const [target, records] of portsOf) {
      const hosts = await this.targets.addressesOf(target, limit);
      found.push(...hosts.flatMap((host) => records.map(({ port }) => ({ host, port }))));
    }
    return answerOf(this.name, found);
  }
}

/** The target "." says that there is no such service (RFC 2782). */
function isThere({ name, port }: { readonly name: string; readonly port: number }): boolean {
  return name !== '' && name !== '.' && port > 0;
}
