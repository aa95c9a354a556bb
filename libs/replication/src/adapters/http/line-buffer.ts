const newline = 0x0a;
const nothing = Buffer.alloc(0);

/**
 * Cuts what comes over a connection into lines. Costs the same for each byte, however small the chunks are: a line that
 * comes in many is gathered in memory that doubles.
 */
export class LineBuffer {
  /** Begins with the `#restBytes` of the line that is not whole yet. */
  #rest: Buffer = nothing;
  #restBytes = 0;

  /** @param maxBytes of a line, without its end */
  constructor(private readonly maxBytes: number) {}

  /**
   * @returns the lines that are whole now, without their ends; or `too-long` as soon as one is known to be, after which
   * the buffer is of no more use
   */
  push(chunk: Buffer): Buffer[] | 'too-long' {
    const lines: Buffer[] = [];
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      const line = this.#lineEndingWith(chunk.subarray(start, end));
      if (line.length > this.maxBytes) return 'too-long';
      lines.push(line);
      start = end + 1;
    }
    this.#gather(chunk.subarray(start));
    return this.#restBytes > this.maxBytes ? 'too-long' : lines;
  }

  #lineEndingWith(part: Buffer): Buffer {
    if (this.#restBytes === 0) return part;
    this.#gather(part);
    const line = this.#rest.subarray(0, this.#restBytes);
    this.#rest = nothing;
    this.#restBytes = 0;
    return line;
  }

  #gather(part: Buffer): void {
    const bytes = this.#restBytes + part.length;
    if (bytes > this.#rest.length) {
      const larger = Buffer.allocUnsafe(Math.max(bytes, 2 * this.#rest.length));
      this.#rest.copy(larger, 0, 0, this.#restBytes);
      this.#rest = larger;
    }
    part.copy(this.#rest, this.#restBytes);
    this.#restBytes = bytes;
  }
}
