const endOfHead = '\r\n\r\n';

/** Reads the answers of a connection, one at a time; knows as much of HTTP as the answers of the API need. */
export class AnswerReader {
  /** What has come of a head that is not whole. */
  #head: Buffer | undefined;
  #status = 0;
  /** Bytes of the body that are still to come; none is begun where it is 0. */
  #missingBytes = 0;

  /**
   * @param chunk the caller's again afterwards
   * @returns the status of the answer that ends with these bytes; undefined where none does
   * @throws Error for bytes that no answer has, or for more than one answer
   */
  read(chunk: Buffer): number | undefined {
    if (this.#missingBytes > 0) this.#missingBytes -= chunk.length;
    else {
      const bytes = this.#head === undefined ? chunk : Buffer.concat([this.#head, chunk]);
      const headBytes = bytes.indexOf(endOfHead);
      this.#head = headBytes === -1 ? Buffer.from(bytes) : undefined;
      if (headBytes === -1) return undefined;
      const [, status, length] =
        /^HTTP\/1\.1 (\d{3}) .*\r\ncontent-length: (\d+)(?:\r\n|$)/is.exec(
          bytes.toString('latin1', 0, headBytes),
        ) ?? [];
      if (length === undefined)
        throw new Error(`an answer without a length: ${bytes.toString('latin1', 0, 500)}`);
      this.#status = Number(status);
      this.#missingBytes = Number(length) - (bytes.length - headBytes - endOfHead.length);
    }
    if (this.#missingBytes < 0) throw new Error(`more than an answer: ${chunk.toString('latin1', 0, 500)}`);
    return this.#missingBytes === 0 ? this.#status : undefined;
  }
}
