import { excerpt } from '../excerpt.js';
import { MAX_TOKENS, type TraceProblem, type TraceRequest } from './trace-request.js';

/** The columns that an Azure trace must have, in any order. */
export const AZURE_COLUMNS = ['TIMESTAMP', 'ContextTokens', 'GeneratedTokens'] as const;

/** Reads one record of an Azure trace. */
export type AzureParser = (record: readonly string[]) => TraceRequest | TraceProblem;

/** Makes the parser for the records below `header`; a problem if the header lacks a column. */
export function azureParser(header: readonly string[]): AzureParser | TraceProblem {
  const [timestampAt, contextAt, generatedAt] = AZURE_COLUMNS.map((column) => header.indexOf(column));
  const missing = AZURE_COLUMNS.filter((column) => !header.includes(column));
  if (
    timestampAt === undefined ||
    contextAt === undefined ||
    generatedAt === undefined ||
    missing.length > 0
  ) {
    return { problem: `the header lacks ${missing.join(', ')}; it must be ${AZURE_COLUMNS.join(',')}` };
  }
  return (record) => {
    const arrivalMs = parseTimestamp(record[timestampAt]);
    if (arrivalMs === undefined) {
      return wrong('TIMESTAMP', record[timestampAt], 'a time such as 2023-11-16 18:15:46.6805900');
    }
    const inputTokens = parseTokens(record[contextAt]);
    if (inputTokens === undefined) return wrong('ContextTokens', record[contextAt], TOKENS);
    const outputTokens = parseTokens(record[generatedAt]);
    if (outputTokens === undefined) return wrong('GeneratedTokens', record[generatedAt], TOKENS);
    return { arrivalMs, inputTokens, outputTokens };
  };
}

const TOKENS = `a whole number of tokens, 0 to ${MAX_TOKENS}`;
const TIMESTAMP = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?$/;

/** Milliseconds since 1970 with their fraction; without a zone it is UTC. */
function parseTimestamp(text = ''): number | undefined {
  const [, date, time, fraction, zone] = TIMESTAMP.exec(text) ?? [];
  if (date === undefined || time === undefined) return undefined;
  // `Date` knows milliseconds only: the fraction is added by hand.
  const wholeMs = Date.parse(`${date}T${time}${zone ?? 'Z'}`);
  return Number.isNaN(wholeMs) ? undefined : wholeMs + Number(fraction ?? 0) * 1000;
}

function parseTokens(text = ''): number | undefined {
  const tokens = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return tokens <= MAX_TOKENS ? tokens : undefined;
}

function wrong(field: string, value: string | undefined, rule: string): TraceProblem {
  const found = value === undefined ? 'missing' : `"${excerpt(value, 60)}"`;
  return { problem: `${field} is ${found}; it must be ${rule}` };
}
