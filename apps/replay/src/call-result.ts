/** A call's outcome: failed unless the answer is HTTP 200 with status "OK" and of the agreed form. */
export type CallResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** The outcome of a call that failed. */
export function failed(reason: string): CallResult<never> {
  return { ok: false, reason };
}
