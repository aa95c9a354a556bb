/** Data of an answer that is JSON already, kept by whoever made it for as long as it is true. */
export class RenderedJson {
  #text: string | undefined;

  /** @param bytes ASCII; they must never change, since they may be on their way to a slow client */
  constructor(readonly bytes: Buffer) {}

  get text(): string {
    return (this.#text ??= this.bytes.toString('latin1'));
  }
}
