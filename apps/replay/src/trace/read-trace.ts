import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { InputError } from '../input-error.js';
import { azureColumns, azureParser } from './azure.js';
import { mostBlocks } from './hash-ids.js';
import { readLines } from './lines.js';
import { parseMooncakeLine } from './mooncake.js';
import {
  inOrderOfArrival,
  mostRequests,
  type Trace,
  type TraceProblem,
  type TraceRequest,
} from './trace-request.js';

/** What a record of a file is, and the line that it stands on, from 1. */
type Numbered = readonly [line: number, parsed: TraceRequest | TraceProblem];

/** Far longer than any real line (Mooncake's longest is some 2 KB). */
const maxLineLength = 1024 * 1024;

/**
 * Reads a trace file, Mooncake JSONL or Azure CSV; its content tells which. The file is read once and
 * forward, so a pipe will do.
 *
 * @param maxRequests stops there; without it, a file of more than {@link mostRequests} is refused, and one
 *   whose prompts have more than {@link mostBlocks} blocks in any case
 * @throws InputError naming file, line and field when it can't be read or a line is no request
 */
export async function readTrace(file: string, maxRequests?: number): Promise<Trace> {
  const requests: TraceRequest[] = [];
  let format = '';
  let blocks = 0;
  try {
    const { head, content } = await peek(createReadStream(file));
    format = formatOf(head, file);
    const records = format === 'Mooncake' ? mooncakeRecords(content, file) : azureRecords(content, file);
    for await (const [line, parsed] of records) {
      if ('problem' in parsed) throw new InputError(`${file}:${line}: ${parsed.problem}`);
      requests.push(parsed);
      blocks += parsed.hashIds?.length ?? 0;
      if (blocks > mostBlocks)
        throw new InputError(`${file}:${line}: more than ${mostBlocks} hash_ids; take a part by --requests`);
      if (requests.length === maxRequests) break;
      if (requests.length > mostRequests) {
        throw new InputError(
          `${file}:${line}: more than ${mostRequests} requests; take a part by --requests`,
        );
      }
    }
  } catch (error) {
    if (isSystemError(error)) throw new InputError(`--trace ${file} can't be read: ${error.message}`);
    throw error;
  }
  if (requests.length === 0) throw new InputError(`${file} holds no request; give a file with at least one`);
  return { name: `${basename(file)} (${format})`, requests: inOrderOfArrival(requests) };
}

/** The first chunk, and a stream of everything, that chunk included. */
async function peek(
  stream: AsyncIterable<Buffer>,
): Promise<{ head: string; content: AsyncIterable<Buffer> }> {
  const chunks = stream[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done === true) return { head: '', content: Readable.from([]) };
  async function* everything(): AsyncGenerator<Buffer> {
    try {
      for (let chunk: IteratorResult<Buffer> = first; chunk.done !== true; chunk = await chunks.next()) {
        yield chunk.value;
      }
    } finally {
      await chunks.return?.();
    }
  }
  return { head: first.value.toString('utf8'), content: everything() };
}

function formatOf(head: string, file: string): 'Mooncake' | 'Azure' {
  const text = head.replace(/^\uFEFF/, '').trimStart();
  if (text.startsWith('{')) return 'Mooncake';
  const firstLine = text.split(/[\r\n]/, 1)[0] ?? '';
  if (azureColumns.some((column) => firstLine.includes(column))) return 'Azure';
  if (text === '') throw new InputError(`${file} is empty; give a Mooncake JSONL or Azure CSV file`);
  throw new InputError(
    `${file}:1: neither Mooncake JSONL (an object a line, {"timestamp":0,"input_length":1,"output_length":1}) ` +
      `nor Azure CSV (header ${azureColumns.join(',')})`,
  );
}

async function* mooncakeRecords(content: AsyncIterable<Buffer>, file: string): AsyncGenerator<Numbered> {
  let line = 0;
  for await (const text of readLines(content, maxLineLength)) {
    line++;
    if (text === undefined)
      throw new InputError(`${file}:${line}: the line is longer than ${maxLineLength} bytes`);
    if (text.trim() !== '') yield [line, parseMooncakeLine(text)];
  }
}

async function* azureRecords(content: AsyncIterable<Buffer>, file: string): AsyncGenerator<Numbered> {
  const options = { bom: true, info: true, trim: true, relax_column_count: true, skip_empty_lines: true };
  const rows = Readable.from(content, { objectMode: false }).compose(
    parse({ ...options, max_record_size: maxLineLength }),
  );
  let parseRecord: ReturnType<typeof azureParser> | undefined;
  try {
    for await (const { record, info } of rows as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      if (parseRecord === undefined) parseRecord = azureParser(record);
      else if (typeof parseRecord === 'function') yield [info.lines, parseRecord(record)];
      if (typeof parseRecord !== 'function') yield [info.lines, parseRecord];
    }
  } catch (error) {
    if (error instanceof CsvError) throw new InputError(`${file}: ${error.message}; it must be plain CSV`);
    throw error;
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
