import { Directory } from '../../application/ports/directory.js';
import type { PeerAddress } from '../../domain/peer-address.js';
import type { AddressResolver } from './address-resolver.js';
import { answerOf } from './answers.js';
import { TimeLimit } from './time-limit.js';

/** The replicas are the A and AAAA records of a name, all on one port. */
export class DnsDirectory extends Directory {
  /** @param limitMs how long a look-up may take */
  constructor(
    private readonly name: string,
    private readonly port: number,
    private readonly resolver: AddressResolver,
    private readonly limitMs: number,
  ) {
    super();
  }

  override async lookUp(): Promise<readonly PeerAddress[]> {
    const hosts = await this.resolver.addressesOf(this.name, new TimeLimit(this.limitMs));
    return answerOf(
      this.name,
      hosts.map((host) => ({ host, port: this.port })),
    );
  }
}
