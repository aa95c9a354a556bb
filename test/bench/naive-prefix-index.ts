/** Hashes as whoever asks the index gives them. */
interface Chain {
  readonly length: number;
  readonly high: Uint32Array;
  readonly low: Uint32Array;
}

/**
 * The index as one would write it first: a Map of Sets, bigints as keys, and of each engine a Map in the order of use.
 * Evicts by engine alone. What the tables of the service are compared with.
 */
export class NaivePrefixIndex {
  readonly #holders = new Map<bigint, Set<string>>();
  readonly #blocks = new Map<string, Map<bigint, undefined>>();
  readonly #maxEngineBlocks: number;
  blockCount = 0;

  constructor(maxEngineBlocks: number) {
    this.#maxEngineBlocks = maxEngineBlocks;
  }

  save(_cluster: string, ip: string, chain: Chain): void {
    const held = this.#blocks.get(ip) ?? new Map<bigint, undefined>();
    this.#blocks.set(ip, held);
    for (let i = chain.length - 1; i >= 0; i--) {
      const hash = hashAt(chain, i);
      if (held.delete(hash)) this.blockCount--;
      held.set(hash, undefined);
      this.blockCount++;
      const holders = this.#holders.get(hash);
      if (holders === undefined) this.#holders.set(hash, new Set([ip]));
      else holders.add(ip);
    }
    while (held.size > this.#maxEngineBlocks) this.#evict(ip, held);
  }

  query(_cluster: string, chain: Chain, limit: number): { ip: string; length: number }[] {
    const found: { ip: string; length: number }[] = [];
    let running = new Set(this.#holders.get(hashAt(chain, 0)));
    for (let length = 1; running.size > 0; length++) {
      const next = length < chain.length ? this.#holders.get(hashAt(chain, length)) : undefined;
      const still = new Set([...running].filter((ip) => next?.has(ip)));
      for (const ip of running) if (!still.has(ip)) found.push({ ip, length });
      running = still;
    }
    return found.sort((a, b) => b.length - a.length).slice(0, limit);
  }

  #evict(ip: string, held: Map<bigint, undefined>): void {
    const [hash] = held.keys();
    held.delete(hash!);
    this.blockCount--;
    const holders = this.#holders.get(hash!)!;
    holders.delete(ip);
    if (holders.size === 0) this.#holders.delete(hash!);
  }
}

function hashAt({ high, low }: Chain, i: number): bigint {
  return (BigInt(high[i]!) << 32n) | BigInt(low[i]!);
}
