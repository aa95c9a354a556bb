/** Where a replica listens. `host` is an IP literal, or a name where the user gave one. */
export interface PeerAddress {
  readonly host: string;
  readonly port: number;
}

/** @returns `10.0.0.1:8080`, `[::1]:8080` */
export function addressText({ host, port }: PeerAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
