/** Where chance comes from: back-off, the order of donors, the start of rounds. */
export abstract class Random {
  /** @returns a number in [0, 1) */
  abstract next(): number;
}
