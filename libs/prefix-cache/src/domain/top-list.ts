/** Keeps the few of many that rank highest, at a cost that hardly grows with their number: a binary heap, the lowest on top. */
export class TopList<T> {
  readonly #ranks: number[] = [];
  readonly #values: T[] = [];

  /** @param size how many are kept, at least one */
  constructor(private readonly size: number) {}

  /** Whether a value of this rank would be kept. */
  takes(rank: number): boolean {
    return this.#ranks.length < this.size || rank > this.#ranks[0]!;
  }

  add(rank: number, value: T): void {
    if (!this.takes(rank)) return;
    if (this.#ranks.length < this.size) this.#rise(rank, value);
    else this.#sink(rank, value);
  }

  /** @returns what is kept, the highest rank first */
  inOrder(): T[] {
    const places = Array.from(this.#ranks.keys());
    places.sort((a, b) => this.#ranks[b]! - this.#ranks[a]!);
    return places.map((place) => this.#values[place]!);
  }

  #rise(rank: number, value: T): void {
    let at = this.#ranks.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#ranks[parent]! <= rank) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#put(at, rank, value);
  }

  /** The value takes the place of the lowest. */
  #sink(rank: number, value: T): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.size) break;
      if (child + 1 < this.size && this.#ranks[child + 1]! < this.#ranks[child]!) child++;
      if (this.#ranks[child]! >= rank) break;
      this.#move(child, at);
      at = child;
    }
    this.#put(at, rank, value);
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#ranks[from]!, this.#values[from]!);
  }

  #put(at: number, rank: number, value: T): void {
    this.#ranks[at] = rank;
    this.#values[at] = value;
  }
}
