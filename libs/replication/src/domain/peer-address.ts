import { hostText } from './host-text.js';

/** Where a replica listens. `host` is an IP literal, or a name where the user gave one. */
export interface PeerAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * The address as it stands in URLs, metrics and on the wire: `10.0.0.1:8080`, `[::1]:8080`. One text for each address,
 * however its host was spelt.
 */
export function addressText({ host, port }: PeerAddress): string {
  const text = hostText(host);
  return text.includes(':') ? `[${text}]:${port}` : `${text}:${port}`;
}

/** @returns undefined for text that is no address with a port */
export function peerAddressOf(text: string): PeerAddress | undefined {
  const [, bracketed, plain, portText] =
    /^(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9._-]{1,253})):(\d{1,5})$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(portText);
  return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port };
}
