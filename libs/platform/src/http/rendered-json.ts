/** Data of an answer that is JSON already, kept by whoever made it for as long as it is true. ASCII only. */
export class RenderedJson {
  readonly bytes: Buffer;
  #text: string | undefined;

  constructor(text: string) {
    this.bytes = Buffer.from(text, 'latin1');
  }

  get text(): string {
    return (this.#text ??= this.bytes.toString('latin1'));
  }
}
