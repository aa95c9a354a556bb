import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../input-error.js';
import { readTrace } from './read-trace.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'replay-trace-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function fileOf(content: string): Promise<string> {
  // A name that says nothing about the format: the content must.
  const file = join(directory, 'trace.txt');
  await writeFile(file, content);
  return file;
}

const mooncake = (timestamp: number, input = 10): string =>
  `{"timestamp": ${timestamp}, "input_length": ${input}, "output_length": 2, "hash_ids": [1, 2]}\n`;
const hashIds = Uint32Array.of(1, 2);
const azure =
  'TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 18:15:46.5,374,44\r\n2023-11-16 18:15:47.0,396,109';

describe('readTrace', () => {
  it('tells Mooncake by its content and puts the first arrival at 0, in order', async () => {
    expect(
      await readTrace(await fileOf(`${mooncake(9000)}${mooncake(8000, 11)}\n${mooncake(9000, 12)}`)),
    ).toEqual({
      name: 'trace.txt (Mooncake)',
      requests: [
        { arrivalMs: 0, inputTokens: 11, outputTokens: 2, hashIds },
        { arrivalMs: 1000, inputTokens: 10, outputTokens: 2, hashIds },
        { arrivalMs: 1000, inputTokens: 12, outputTokens: 2, hashIds },
      ],
    });
  });

  it.each([azure, `\uFEFF${azure}\r\n`, azure.replaceAll('\r\n', '\n')])(
    'tells Azure by its content',
    async (content) => {
      expect(await readTrace(await fileOf(content))).toEqual({
        name: 'trace.txt (Azure)',
        requests: [
          { arrivalMs: 0, inputTokens: 374, outputTokens: 44 },
          { arrivalMs: 500, inputTokens: 396, outputTokens: 109 },
        ],
      });
    },
  );

  it('stops at the cap and does not look at what follows', async () => {
    expect((await readTrace(await fileOf(`${mooncake(0)}${mooncake(1)}rubbish`), 2)).requests).toHaveLength(
      2,
    );
    expect((await readTrace(await fileOf(`${azure}\r\nrubbish`), 2)).requests).toHaveLength(2);
    expect((await readTrace(await fileOf(azure), 5)).requests).toHaveLength(2);
  });

  it.each([
    ['', /is empty; give a Mooncake JSONL or Azure CSV file$/],
    ['\n \n', /is empty/],
    [
      'hello\nworld',
      /:1: neither Mooncake JSONL .* nor Azure CSV \(header TIMESTAMP,ContextTokens,GeneratedTokens\)$/,
    ],
    [
      `${mooncake(0)}\n${mooncake(1).slice(0, 30)}`,
      /:3: the line is not valid JSON: .*; is the file complete\?$/,
    ],
    [`${mooncake(0)}${mooncake(1, -4)}`, /:2: input_length is -4; it must be a whole number of tokens/],
    [`{${'x'.repeat(1_100_000)}`, /:1: the line is longer than 1048576 bytes$/],
    [`TIMESTAMP,ContextTokens\n2023-11-16 18:15:46,1`, /:1: the header lacks GeneratedTokens/],
    [azure.replace('396', 'many'), /:3: ContextTokens is "many"; it must be/],
    [azure.replace(',109', ''), /:3: GeneratedTokens is missing; it must be/],
    [azure.replace('396', '"396'), /Quote Not Closed.*; it must be plain CSV$/],
    ['TIMESTAMP,ContextTokens,GeneratedTokens\n', /holds no request; give a file with at least one$/],
  ])('refuses %j in one line that names file and line', async (content, message) => {
    const file = await fileOf(content);
    const error = await readTrace(file).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message.startsWith(file)).toBe(true);
    expect((error as Error).message).not.toContain('\n');
  });

  it('says why a file cannot be read', async () => {
    await expect(readTrace(join(directory, 'missing'))).rejects.toThrow(
      /^--trace .*missing can't be read: ENOENT/,
    );
    await expect(readTrace(directory)).rejects.toThrow(/can't be read: EISDIR/);
  });
});
