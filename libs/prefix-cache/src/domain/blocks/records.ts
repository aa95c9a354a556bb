/** No record. */
export const none = 0xffff_ffff;

/** Words of one chunk, unless a single record has more: making a chunk takes some 0.1 ms. */
const chunkWordBits = 17;

/**
 * Rows of 32-bit words outside of the heap, by number; numbers of deleted rows are given again. It grows by a chunk at a
 * time, and nothing that is there is ever copied. A row lies in one piece, so that reading one costs one or two cache
 * lines however many fields are read.
 */
export class Records {
  readonly #chunks: Uint32Array[] = [];
  readonly #chunkBits: number;
  readonly #offsetMask: number;
  #made = 0;
  #firstFree = none;

  /** @param words of one record */
  constructor(private readonly words: number) {
    this.#chunkBits = Math.max(0, chunkWordBits - Math.ceil(Math.log2(words)));
    this.#offsetMask = (1 << this.#chunkBits) - 1;
  }

  /** @returns the number of a record; its words are for the caller to write */
  take(): number {
    if (this.#firstFree !== none) {
      const record = this.#firstFree;
      this.#firstFree = this.chunkOf(record)[this.offsetOf(record)]!;
      return record;
    }
    if ((this.#made & this.#offsetMask) === 0)
      this.#chunks.push(new Uint32Array(this.words << this.#chunkBits));
    return this.#made++;
  }

  free(record: number): void {
    this.chunkOf(record)[this.offsetOf(record)] = this.#firstFree;
    this.#firstFree = record;
  }

  /** The words among which the record lies, from {@link offsetOf} on. */
  chunkOf(record: number): Uint32Array {
    return this.#chunks[record >>> this.#chunkBits]!;
  }

  offsetOf(record: number): number {
    return (record & this.#offsetMask) * this.words;
  }

  get bytes(): number {
    return this.#chunks.length * (this.words << this.#chunkBits) * Uint32Array.BYTES_PER_ELEMENT;
  }
}
