/** Bytes that are written over and over. */
export class Draft {
  readonly bytes: Buffer;
  /** The same bytes. */
  readonly view: DataView;
  /** How many of them are written. */
  length = 0;

  constructor(capacity: number) {
    this.bytes = Buffer.allocUnsafeSlow(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  /** @returns the spare one, unless it is too small or far too large */
  static of(capacity: number, spare: Draft): Draft {
    const has = spare.bytes.length;
    return has >= capacity && has <= 4 * capacity ? spare : new Draft(Math.ceil(1.25 * capacity));
  }

  written(): Buffer {
    return this.bytes.subarray(0, this.length);
  }
}
