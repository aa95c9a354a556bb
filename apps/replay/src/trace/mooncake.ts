import { excerpt } from '../excerpt.js';
import { hashIdsRule, packHashIds } from './hash-ids.js';
import { maxTokens, type TraceProblem, type TraceRequest } from './trace-request.js';

/**
 * Reads one line of a Mooncake trace: a JSON object with `timestamp` (ms), `input_length` and
 * `output_length` (tokens) and, if it has prefixes, `hash_ids`. Whatever else it carries is ignored.
 */
export function parseMooncakeLine(line: string): TraceRequest | TraceProblem {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return { problem: `the line is not valid JSON: ${excerpt(line, shownLength)}; is the file complete?` };
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return { problem: `the line must be a JSON object, it is ${excerpt(line, shownLength)}` };
  }
  const fields = new Map<string, unknown>(Object.entries(parsed));
  const arrivalMs = fields.get('timestamp');
  if (typeof arrivalMs !== 'number' || !Number.isFinite(arrivalMs) || arrivalMs < 0) {
    return wrong('timestamp', arrivalMs, 'milliseconds from the start, a number from 0');
  }
  const inputTokens = fields.get('input_length');
  if (!isTokenCount(inputTokens)) return wrong('input_length', inputTokens, tokensRule);
  const outputTokens = fields.get('output_length');
  if (!isTokenCount(outputTokens)) return wrong('output_length', outputTokens, tokensRule);
  const request = { arrivalMs, inputTokens, outputTokens };
  const ids = fields.get('hash_ids');
  if (ids === undefined) return request;
  const hashIds = packHashIds(ids);
  if (hashIds === undefined) return wrong('hash_ids', ids, hashIdsRule);
  return hashIds.length === 0 ? request : { ...request, hashIds };
}

/** Characters of a bad value in a message. */
const shownLength = 60;
const tokensRule = `a whole number of tokens, 0 to ${maxTokens}`;

function isTokenCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= maxTokens;
}

function wrong(field: string, value: unknown, rule: string): TraceProblem {
  if (value === undefined) return { problem: `${field} is missing; it must be ${rule}` };
  return { problem: `${field} is ${excerpt(JSON.stringify(value), shownLength)}; it must be ${rule}` };
}
