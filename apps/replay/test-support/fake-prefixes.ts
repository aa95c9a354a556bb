interface Location {
  readonly ip: string;
  readonly length: number;
}

/** Which engine holds which prefixes: sets of hashes, in digits, that are never evicted. */
export class FakePrefixes {
  /** By cluster and ip; the engine that was saved last stands last. */
  readonly #clusters = new Map<string, Map<string, Set<string>>>();

  /** Answers a call's body as the service does. */
  apply(pathname: string, body: string): { readonly locations: readonly Location[] } | null {
    const { cluster, ip, topk = 10 } = JSON.parse(body) as { cluster: string; ip: string; topk?: number };
    const hashes = hashesOf(body);
    if (pathname === '/v1/cache/query') return { locations: this.#locate(cluster, hashes).slice(0, topk) };
    const engines = this.#clusters.get(cluster) ?? new Map<string, Set<string>>();
    this.#clusters.set(cluster, engines);
    const held = engines.get(ip) ?? new Set();
    for (const hash of hashes) held.add(hash);
    engines.delete(ip);
    engines.set(ip, held);
    return null;
  }

  #locate(cluster: string, hashes: readonly string[]): readonly Location[] {
    return [...(this.#clusters.get(cluster) ?? [])]
      .toReversed()
      .map(([ip, held]) => ({ ip, length: leading(hashes, held) }))
      .filter(({ length }) => length > 0)
      .toSorted((a, b) => b.length - a.length);
  }
}

function leading(hashes: readonly string[], held: ReadonlySet<string>): number {
  const gap = hashes.findIndex((hash) => !held.has(hash));
  return gap === -1 ? hashes.length : gap;
}

/** From the text: parsed as numbers they would be rounded. */
function hashesOf(body: string): readonly string[] {
  const digits = /"prompt_hash":\[([\d,]*)\]/.exec(body)?.[1] ?? '';
  return digits === '' ? [] : digits.split(',');
}
