/** Stands where a client sent a list of which not all elements are integers from 0 to 2^64 - 1. */
export class InvalidUint64List {
  /**
   * @param index of the first element that is none
   * @param element that element in the client's words, safe for a message
   */
  constructor(
    readonly index: number,
    readonly element: string,
  ) {}
}
