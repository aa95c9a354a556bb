/**
 * A slot is a small number that stands for one known request id. Its properties lie in columns of typed
 * arrays, cut into chunks: a table of millions then grows by one chunk at a time, never by copying itself,
 * and the garbage collector has nothing to trace.
 */
export type Slot = number;

/** No slot: the end of a list, or an id that is not known. */
export const noSlot: Slot = -1;

const chunkBits = 12;

/** Slots in one chunk of a column. */
export const chunkSize = 1 << chunkBits;

/** Which chunk holds a slot. */
export function chunkOf(slot: Slot): number {
  return slot >>> chunkBits;
}

/** Where in its chunk a slot lies. */
export function offsetOf(slot: Slot): number {
  return slot & (chunkSize - 1);
}
