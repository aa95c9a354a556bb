import { excerpt } from '../excerpt.js';
import { maxTokens, type TraceProblem, type TraceRequest } from './trace-request.js';

/** The columns that an Azure trace must have, in any order. */
export const azureColumns = ['TIMESTAMP', 'ContextTokens', 'GeneratedTokens'] as const;

/** Reads one record of an Azure trace. */
export type AzureParser = (record: readonly string[]) => TraceRequest | TraceProblem;

/** Makes the parser for the records below `header`; a problem if the header lacks a column. */
export function azureParser(header: readonly string[]): AzureParser | TraceProblem {
  const [timestampAt, contextAt, generatedAt] = azureColumns.map((column) => header.indexOf(column));
  const missing = azureColumns.filter((column) => !header.includes(column));
  if (
    timestampAt === undefined ||
    contextAt === undefined ||
    generatedAt === undefined ||
    missing.length > 0
  ) {
    return { problem: `the header lacks ${missing.join(', ')}; it must be ${azureColumns.join(',')}` };
  }
  return (record) => {
    const arrivalMs = parseTimestamp(record[timestampAt]);
    if (arrivalMs === undefined) {
      return wrong('TIMESTAMP', record[timestampAt], 'a time such as 2023-11-16 18:15:46.6805900');
    }
    const inputTokens = parseTokens(record[contextAt]);
    if (inputTokens === undefined) return wrong('ContextTokens', record[contextAt], tokensRule);
    const outputTokens = parseTokens(record[generatedAt]);
    if (outputTokens === undefined) return wrong('GeneratedTokens', record[generatedAt], tokensRule);
    return { arrivalMs, inputTokens, outputTokens };
  };
}

const tokensRule = `a whole number of tokens, 0 to ${maxTokens}`;
const timestampForm = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?$/;

/** Milliseconds since 1970 with their fraction; without a zone it is UTC. */
function parseTimestamp(text = ''): number | undefined {
  const [, date, time, fraction, zone] = timestampForm.exec(text) ?? [];
  if (date === undefined || time === undefined) return undefined;
  // `Date` knows milliseconds only: the fraction is added by hand.
  const wholeMs = Date.parse(`${date}T${time}${zone ?? 'Z'}`);
  return Number.isNaN(wholeMs) ? undefined : wholeMs + Number(fraction ?? 0) * 1000;
}

function parseTokens(text = ''): number | undefined {
  const tokens = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return tokens <= maxTokens ? tokens : undefined;
}

function wrong(field: string, value: string | undefined, rule: string): TraceProblem {
  const found = value === undefined ? 'missing' : `"${excerpt(value, 60)}"`;
  return { problem: `${field} is ${found}; it must be ${rule}` };
}
