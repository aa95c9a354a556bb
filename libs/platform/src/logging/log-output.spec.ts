import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from './create-logger.js';
import { LogOutput } from './log-output.js';

describe('LogOutput', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'log-output-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each([
    ['json', /^\{"level":"INFO","time":"[-\dT:.Z]+","msg":"first"\}\n\{.*"msg":"last"\}\n$/],
    ['text', /^[-\dT:.Z]{24} INFO  first\n[-\dT:.Z]{24} INFO  last\n$/],
  ] as const)('has written all when it was flushed, as %s', async (format, lines) => {
    const dest = join(folder, 'log');
    const output = new LogOutput({ dest });
    const log = createLogger('INFO', format, output);
    log.info('first');
    log.debug('not at this level');
    log.info('last');
    await output.flush();
    expect(readFileSync(dest, 'utf8')).toMatch(lines);
    expect(output.droppedLines).toBe(0);
  });

  it('drops and counts what finds no room', async () => {
    const output = new LogOutput({ dest: join(folder, 'log'), maxLength: 1_000 });
    for (let i = 0; i < 100; i++) output.write(`${'x'.repeat(99)}\n`);
    await output.flush();
    expect(output.droppedLines).toBeGreaterThan(50);
    expect(output.droppedLines).toBeLessThan(100);
  });
});
