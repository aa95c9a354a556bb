const newline = 0x0a;

/** Cuts what comes over a connection into lines. */
export class LineBuffer {
  #rest: Buffer = Buffer.alloc(0);

  /** Bytes that wait, whole lines among them. */
  get size(): number {
    return this.#rest.length;
  }

  push(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
  }

  /** @returns the next line without its end; undefined where none is whole yet */
  shift(): Buffer | undefined {
    const end = this.#rest.indexOf(newline);
    if (end === -1) return undefined;
    const line = this.#rest.subarray(0, end);
    this.#rest = this.#rest.subarray(end + 1);
    return line;
  }
}
