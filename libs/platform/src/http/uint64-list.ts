/**
 * A list of integers from 0 to 2^64 - 1. Each stands as two halves, `high[i] * 2^32 + low[i]`: a number of
 * JavaScript would round it, and bigints cost an object each.
 */
export class Uint64List {
  static readonly empty = new Uint64List(new Uint32Array(0), new Uint32Array(0));

  readonly length: number;

  /** @param low as long as `high` */
  constructor(
    readonly high: Uint32Array,
    readonly low: Uint32Array,
  ) {
    this.length = high.length;
  }
}
