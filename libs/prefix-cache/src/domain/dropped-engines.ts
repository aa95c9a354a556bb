/**
 * When engines were last dropped: what replicas say of the time before is of a cache that is lost. Remembered for as
 * long as anything of that time could still be told, and of so many engines that memory stays bounded.
 */
export class DroppedEngines {
  readonly #droppedMs = new Map<string, number>();

  constructor(private readonly maxEngines: number) {}

  /** @param droppedMs in the monotonic clock */
  add(cluster: string, ip: string, droppedMs: number): void {
    const key = keyOf(cluster, ip);
    const known = this.#droppedMs.get(key) ?? Number.NEGATIVE_INFINITY;
    this.#droppedMs.delete(key);
    this.#droppedMs.set(key, Math.max(known, droppedMs));
    if (this.#droppedMs.size > this.maxEngines) this.#droppedMs.delete(this.#first()!);
  }

  /** @returns whether it is known that the engine was dropped */
  has(cluster: string, ip: string): boolean {
    return this.#droppedMs.size > 0 && this.#droppedMs.has(keyOf(cluster, ip));
  }

  /** @returns whether the engine was dropped after a moment */
  isDroppedAfter(cluster: string, ip: string, momentMs: number): boolean {
    return this.#droppedMs.size > 0 && (this.#droppedMs.get(keyOf(cluster, ip)) ?? momentMs) > momentMs;
  }

  /** Forgets some of what was dropped before a moment. */
  forgetBefore(momentMs: number, limit: number): void {
    for (let left = limit; left > 0; left--) {
      const first = this.#first();
      if (first === undefined || this.#droppedMs.get(first)! >= momentMs) return;
      this.#droppedMs.delete(first);
    }
  }

  #first(): string | undefined {
    return this.#droppedMs.keys().next().value;
  }
}

/** An IPv4 address has no space. */
function keyOf(cluster: string, ip: string): string {
  return `${ip} ${cluster}`;
}
