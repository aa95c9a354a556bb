/** Where a replica listens, as `host:port`; unlike a URL's host it names the port that the scheme implies. */
export function addressOf(target: string): string {
  const { protocol, hostname, port } = new URL(target);
  const impliedPort = protocol === 'https:' ? '443' : '80';
  return `${hostname}:${port === '' ? impliedPort : port}`;
}

/** The targets sorted by the text of their addresses: the order in which AIGW numbers replicas. */
export function inOrderOfAddress(targets: readonly string[]): readonly string[] {
  // By code units, as Go compares strings; not by a language's rules.
  return targets.toSorted((a, b) => (addressOf(a) < addressOf(b) ? -1 : 1));
}
