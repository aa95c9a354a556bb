import { hostText } from './host-text.js';
import type { PeerAddress } from './peer-address.js';

/** Where a replica listens, as it was told and as it came out. */
export interface OwnListening {
  /** The address under which others reach it, where it was told one (`POD_IP`). */
  readonly podIp?: string | undefined;
  /** The IP address that its port is bound to; `0.0.0.0` and `::` take those of all interfaces. */
  readonly boundHost: string;
  readonly port: number;
}

/** An address of one of the machine's interfaces. */
export interface InterfaceAddress {
  readonly address: string;
  /** Reached from this machine alone, like 127.0.0.1. */
  readonly internal: boolean;
}

/**
 * What a replica knows of its own addresses. An address that is not among them may still be its own, by a route
 * that can't be seen from here; then the epoch of the answer tells.
 */
export class OwnAddresses {
  /** Where others reach this replica. */
  readonly advertised: PeerAddress;
  readonly #hosts: ReadonlySet<string>;
  readonly #port: number;

  /** @param interfaces those of the machine; looked at only where the port is bound to all of them */
  constructor(
    { podIp, boundHost, port }: OwnListening,
    interfaces: () => readonly InterfaceAddress[] = () => [],
  ) {
    const bound = hostText(boundHost);
    const found = podIp === undefined && isWildcard(bound) ? reachableAt(bound, interfaces()) : [];
    const host = podIp === undefined ? advertisedHost(bound, found) : hostText(podIp);
    this.advertised = { host, port };
    this.#hosts = new Set([host, ...found.map(({ address }) => address)]);
    this.#port = port;
  }

  /** Is this address surely this replica's own? By host and port: replicas may share a host. */
  has({ host, port }: PeerAddress): boolean {
    return port === this.#port && this.#hosts.has(hostText(host));
  }
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** What is bound to 0.0.0.0 is not reached by IPv6; what is bound to :: is reached by both. */
function reachableAt(wildcard: string, interfaces: readonly InterfaceAddress[]): InterfaceAddress[] {
  return interfaces
    .map(({ address, internal }) => ({ address: hostText(address), internal }))
    .filter(({ address }) => wildcard === '::' || !address.includes(':'));
}

function advertisedHost(bound: string, found: readonly InterfaceAddress[]): string {
  if (!isWildcard(bound)) return bound;
  const shown = found.find(({ address, internal }) => !internal && !isLinkLocal(address));
  return shown?.address ?? (bound === '::' ? '::1' : '127.0.0.1');
}

/** fe80::/10, which means nothing on another machine. */
function isLinkLocal(host: string): boolean {
  return /^fe[89ab]/.test(host) && host.includes(':');
}
