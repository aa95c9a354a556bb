import type { Difference, Quantity } from './books.js';

/** The answer's own names. */
const answerFields: Readonly<Record<Quantity, string>> = {
  queuedRequests: 'queued_req_num',
  prefillRequests: 'prefill_req_num',
  promptLength: 'prompt_length',
};

/** A difference in the words of the API. `engines` gives the addresses. */
export function describeDifference(
  { engine, quantity, answered, lower, upper }: Difference,
  engines: readonly string[],
): string {
  const rule = lower === upper ? String(lower) : `${lower} to ${upper}`;
  return `${engines[engine]} ${answerFields[quantity]} is ${answered}, must be ${rule}`;
}
