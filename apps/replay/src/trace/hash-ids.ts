/**
 * The prefixes of one prompt, one id for each block: an id stands for the whole prompt up to and including its
 * block. A Uint32Array where every id fits into it.
 */
export type HashIds = Uint32Array | Float64Array;

/** As many as the service takes in a call. */
const mostHashIds = 8192;

/** A bound on memory: 4 bytes an id, 8 where ids are large. */
export const mostBlocks = 50_000_000;

/** What a list of ids must be, in words. */
export const hashIdsRule = `a list of at most ${mostHashIds} whole numbers, 0 to ${Number.MAX_SAFE_INTEGER}`;

/** Packs the ids of a trace's line; undefined where `value` is no such list. */
export function packHashIds(value: unknown): HashIds | undefined {
  if (!Array.isArray(value) || value.length > mostHashIds) return undefined;
  const ids: readonly unknown[] = value;
  if (!ids.every(isHashId)) return undefined;
  return ids.every((id) => id < 2 ** 32) ? Uint32Array.from(ids) : Float64Array.from(ids);
}

function isHashId(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
