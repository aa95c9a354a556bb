import { type DynamicModule, Module } from '@nestjs/common';
import { Directory } from '../../application/ports/directory.js';
import type { PeerAddress } from '../../domain/peer-address.js';
import { CombinedDirectory } from './combined-directory.js';
import { DnsDirectory } from './dns-directory.js';
import { NameServerResolver } from './name-server-resolver.js';
import { SrvDirectory } from './srv-directory.js';
import { StaticDirectory } from './static-directory.js';
import { SystemResolver } from './system-resolver.js';

export interface DirectoryOptions {
  /** By A and AAAA records, by SRV records, or the static peers alone. */
  readonly discovery: 'dns' | 'srv' | 'static';
  /** The name under which all replicas are found. */
  readonly host: string | undefined;
  /** The replicas' port, where `discovery` is `dns`; SRV records tell their own. */
  readonly port: number;
  /** Asked instead of the system's; IP literals. */
  readonly dnsServers: readonly PeerAddress[] | undefined;
  /** Added to what is found. */
  readonly staticPeers: readonly PeerAddress[] | undefined;
  /** How long a look-up may take; 2,000 where it is not given. */
  readonly limitMs?: number;
}

/** Binds {@link Directory} to what the options choose. */
@Module({})
export class DirectoryModule {
  static forRoot(options: DirectoryOptions): DynamicModule {
    return {
      module: DirectoryModule,
      providers: [{ provide: Directory, useFactory: () => directoryFor(options) }],
      exports: [Directory],
    };
  }
}

/** Without a host or static peers there is one replica, and the directory is empty. */
function directoryFor(options: DirectoryOptions): Directory {
  const named = new StaticDirectory(options.staticPeers ?? []);
  if (options.discovery === 'static' || options.host === undefined) return named;
  const found = findingDirectory(options, options.host);
  return options.staticPeers === undefined ? found : new CombinedDirectory(named, found);
}

function findingDirectory(options: DirectoryOptions, host: string): Directory {
  const { discovery, port, dnsServers, limitMs = 2_000 } = options;
  const servers = new NameServerResolver(dnsServers, limitMs);
  const addresses = dnsServers === undefined ? new SystemResolver() : servers;
  return discovery === 'srv'
    ? new SrvDirectory(host, servers, addresses, limitMs)
    : new DnsDirectory(host, port, addresses, limitMs);
}
